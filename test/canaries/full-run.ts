import { spawn } from "node:child_process";
import { createPrivateKey, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { RegistryContent } from "#embedded/registry/content.ts";
import { startRegistry } from "#embedded/registry/registry.ts";
import { storeKeyFile } from "#signing/key-file.ts";
import { connectProxy } from "#test/support/connect-proxy.ts";
import { type Canary, filesBelow, findCanaries, type Output } from "./search.ts";

const fixture = (name: string) => new URL(`../fixtures/profiles/${name}`, import.meta.url).pathname;
const invented = (name: string): Canary => ({ name, secret: `${name}-canary-${randomBytes(12).toString("hex")}` });

/** What a full run left behind. */
export interface FullRun {
  /** Places in which a secret stands. */
  readonly found: readonly string[];
  /** Places in which the word stands that everybody may see: the search works. */
  readonly decoys: readonly string[];
  readonly canaries: readonly string[];
  readonly outputs: readonly Output[];
}

/**
 * Scans a cluster by the functions and by the command line, with secrets planted wherever secrets are: what goes well, what
 * is refused and what breaks. The profile puts into the report whatever it can see. Then looks through all that was written.
 */
export async function fullRun(cluster: EmbeddedCluster): Promise<FullRun> {
  const folder = mkdtempSync(join(tmpdir(), "mc-")); // short: Unix socket paths have 107 bytes
  const planted = plant(cluster);
  const proxy = await connectProxy(`scanner:${planted.proxyPassword.secret}`);
  try {
    const outputs: Output[] = [...(await runFunctions(folder, planted, cluster))];
    const behind = (url: string, token: string) => kubeconfigWith(cluster, folder, url, token);
    const wrongPassword = proxy.url.replace(planted.proxyPassword.secret, planted.wrongProxyPassword.secret);
    for (const [name, kubeconfig] of [
      ["through-proxy", behind(proxy.url, planted.token.secret)],
      ["refused-by-proxy", behind(wrongPassword, planted.token.secret)],
      ["refused-by-cluster", behind(proxy.url, planted.revokedToken.secret)],
    ] as const) {
      outputs.push(...(await runCommand(folder, name, kubeconfig, planted)));
    }
    const canaries = [...Object.values(planted), ...signingKeys(folder)];
    return {
      found: findCanaries(outputs, canaries),
      decoys: findCanaries(outputs, [{ name: "decoy", secret: "decoy-canary-in-plain-sight" }]),
      canaries: canaries.map(({ name }) => name),
      outputs,
    };
  } finally {
    await proxy.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Planted = ReturnType<typeof plant>;

function plant(cluster: EmbeddedCluster) {
  return {
    token: { name: "cluster-token", secret: ownKubeconfig(cluster.kubeconfig, "muster").getCurrentUser()?.token ?? "" },
    revokedToken: invented("revoked-cluster-token"),
    accessKey: invented("aws-access-key"),
    secretKey: invented("aws-secret-key"),
    sessionToken: invented("aws-session-token"),
    pullPassword: invented("registry-password"),
    wrongPullPassword: invented("wrong-registry-password"),
    proxyPassword: invented("proxy-password"),
    wrongProxyPassword: invented("wrong-proxy-password"),
  };
}

/** The private keys that the stores made for themselves: their PEM, and the bare number in it. */
function signingKeys(folder: string): readonly Canary[] {
  return ["functions", "through-proxy"].flatMap((store) => {
    const pem = readFileSync(storeKeyFile(join(folder, store)), "utf8");
    const { d = "" } = createPrivateKey(pem).export({ format: "jwk" });
    return [
      { name: `signing-key-${store}`, secret: pem.split("\n")[1] ?? "" },
      { name: `signing-number-${store}`, secret: d },
    ];
  });
}

const pullSecretOf = (password: string, host = "muster.test") => {
  const auth = Buffer.from(`scanner:${password}`).toString("base64");
  return JSON.stringify({ auths: { [host]: { username: "scanner", password, auth } } });
};

const environmentOf = ({ accessKey, secretKey, sessionToken }: Planted) => ({
  ...{ ...process.env, MUSTER_DEBUG: "1", AWS_REGION: "us-east-1" },
  ...{ AWS_ACCESS_KEY_ID: accessKey.secret, AWS_SECRET_ACCESS_KEY: secretKey.secret },
  AWS_SESSION_TOKEN: sessionToken.secret,
});

async function runFunctions(folder: string, planted: Planted, cluster: EmbeddedCluster): Promise<readonly Output[]> {
  const { pullPassword, wrongPullPassword } = planted;
  const registry = await startRegistry(new RegistryContent(), {
    login: { username: "scanner", password: pullPassword.secret },
  });
  const { host } = registry;
  const [store, workDir] = [join(folder, "functions"), join(folder, "w")];
  const { server = "", caData = "" } = ownKubeconfig(cluster.kubeconfig, "muster").getCurrentCluster() ?? {};
  const record = (credentials: object) => JSON.stringify({ schemaVersion: 1, server, caData, ...credentials });
  const CANARY_RUN = JSON.stringify({
    ...{ store, workDir, registry: host, pullSecret: pullSecretOf(pullPassword.secret, host) },
    wrongPullSecret: pullSecretOf(wrongPullPassword.secret, host),
    records: {
      demo: record({ kind: "token", token: planted.token.secret }),
      revoked: record({ kind: "token", token: planted.revokedToken.secret }),
      broken: record({ kind: "token", token: planted.revokedToken.secret, command: planted.revokedToken.secret }),
      minted: record({ kind: "eks", name: "apps", region: "eu-central-1" }),
    },
    profiles: { curious: fixture("curious"), "tells-on-load": fixture("tells-on-load") },
  });
  const env = { ...environmentOf(planted), CANARY_RUN };
  const entry = new URL("./functions-run.ts", import.meta.url).pathname;
  const said = await run("functions", [entry], env).finally(() => registry.close());
  if (!registry.requests.some(({ path, authorized }) => authorized && path !== "/token")) {
    throw new Error("the registry's password was of no use, so nothing could let it out");
  }
  return [...said, ...filesBelow(store, ["signing-key.pem"]), ...filesBelow(workDir)];
}

async function runCommand(
  folder: string,
  name: string,
  kubeconfig: string,
  planted: Planted,
): Promise<readonly Output[]> {
  const out = join(folder, name);
  const secret = join(folder, "pull-secret.json");
  mkdirSync(out, { recursive: true });
  writeFileSync(secret, pullSecretOf(planted.pullPassword.secret));
  const words = ["scan", "-n", "demo", "--profile", fixture("curious"), "--kubeconfig", kubeconfig, "--out", out];
  const images = ["--image-from-registry", "--pull-secret", secret];
  const said = await run(
    name,
    [new URL("../../cli/main.ts", import.meta.url).pathname, ...words, ...images],
    environmentOf(planted),
  );
  return [...said, ...filesBelow(out, ["signing-key.pem"])];
}

/** Runs a script to its end; what it said is output like any other. */
async function run(name: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<readonly Output[]> {
  const child = spawn(process.execPath, words, { env, cwd: tmpdir() });
  const said = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const stream of ["stdout", "stderr"] as const) child[stream].on("data", (bytes) => said[stream].push(bytes));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const outputs = (["stdout", "stderr"] as const).map((stream) => {
    return { place: `${stream} of ${name}`, bytes: Buffer.concat(said[stream]) };
  });
  const refused = name.startsWith("refused");
  if (code === (refused ? 2 : 0)) return outputs;
  throw new Error(`${name} ended with ${code}: ${outputs.map(({ bytes }) => bytes.toString()).join("\n")}`);
}

function kubeconfigWith(cluster: EmbeddedCluster, folder: string, proxyUrl: string, token: string): string {
  const config = parse(readFileSync(cluster.kubeconfig, "utf8"));
  for (const each of config.clusters) each.cluster["proxy-url"] = proxyUrl;
  for (const each of config.users) if (each.user.token !== undefined) each.user.token = token;
  const path = join(folder, `${randomBytes(4).toString("hex")}.kubeconfig`);
  writeFileSync(path, stringify(config));
  return path;
}
