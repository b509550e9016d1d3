import { execFile, execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Shell } from "#contract/shell.ts";
import type { Target } from "#contract/target.ts";
import type { Place } from "./place.ts";

const repository = resolve(import.meta.dirname, "../../..");
const kubectl = resolve(repository, ".muster/tools/kubectl-debian");

/** One `kubectl exec` a command, by Debian's kubectl and through the place's hop. */
export function kubectlShell(place: Place, target: Target): Shell {
  execFileSync("sh", [resolve(repository, "infra/embedded/cluster/kubectl.sh")], { stdio: "ignore" });
  const folder = place.folder();
  const kubeconfig = join(folder, "kubeconfig");
  const text = readFileSync(place.kubeconfig, "utf8");
  writeFileSync(kubeconfig, text.replaceAll(/https:\/\/127\.0\.0\.1:\d+/g, `https://127.0.0.1:${place.proxy.port}`));
  const { namespace, pod, container } = target;
  const words = ["--kubeconfig", kubeconfig, "exec", "-n", namespace, pod, "-c", container, "--", "/bin/sh", "-c"];
  return {
    way: "shell",
    run(command) {
      const begun = performance.now();
      const { promise, resolve: done, reject } = Promise.withResolvers<Awaited<ReturnType<Shell["run"]>>>();
      const options = {
        encoding: "buffer",
        maxBuffer: 2 ** 28,
        env: { PATH: process.env.PATH, HOME: folder },
      } as const;
      execFile(kubectl, [...words, Buffer.from(command).toString("utf8")], options, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : error.code;
        if (typeof exitCode !== "number") return reject(new Error(`kubectl did not run: ${error?.message}`));
        // kubectl adds a line of its own where the command has failed.
        const own = stderr.toString("latin1").replace(/command terminated with exit code \d+\n$/, "");
        const elapsedMs = performance.now() - begun;
        done({ stdout, stderr: Buffer.from(own, "latin1"), exitCode, truncated: false, elapsedMs });
      });
      return promise;
    },
    close: async () => undefined,
  };
}
