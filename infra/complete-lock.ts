import { readFileSync, writeFileSync } from "node:fs";

/**
 * Adds to package-lock.json the optional packages of other platforms that the registry in use does not carry: without
 * them `npm ci` calls the lock incomplete. Their platform is read from their names, so that npm passes them over here.
 * `npm run lock` runs it after npm itself.
 */
const path = new URL("../package-lock.json", import.meta.url);

interface Entry {
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(path, "utf8")) as { packages: Record<string, Entry> }; // npm wrote it
const present = Object.keys(lock.packages);
for (const [, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (present.some((key) => key.endsWith(`node_modules/${name}`))) continue;
    const os = /android|darwin|freebsd|linux|openharmony|win32/.exec(name)?.[0] ?? "none";
    const cpu = /arm64|arm|x64|ia32|ppc64|riscv64|s390x/.exec(name)?.[0] ?? "none";
    const libc = os === "linux" ? [name.includes("musl") ? "musl" : "glibc"] : undefined;
    const dev = entry.dev ? { dev: true } : {};
    Object.assign(lock.packages, {
      [`node_modules/${name}`]: { version, cpu: [cpu], ...dev, optional: true, os: [os], ...(libc && { libc }) },
    });
  }
}
const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(path, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
