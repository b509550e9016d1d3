import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";
import { ScanError } from "#contract/errors.ts";
import { isProxyUrl, proxyFromEnvironment } from "./proxy.ts";

/**
 * A kubeconfig of the user's own, narrowed to one context. Credential plugins and file paths work as with kubectl.
 * Without a path, kubectl's rules hold (KUBECONFIG, then ~/.kube/config); without a `proxy-url`, those of HTTPS_PROXY and
 * NO_PROXY. Faults are `bad-request` and name the field.
 */
export function ownKubeconfig(path: string | undefined, context: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (path === undefined) {
    attempt("the default kubeconfig", () => config.loadFromDefault());
  } else {
    if (!existsSync(path)) throw bad(`--kubeconfig: there is no file ${path}`);
    attempt(`--kubeconfig: ${path}`, () => config.loadFromFile(path));
  }
  select(config, context, path ?? "the default kubeconfig");
  const user = config.getCurrentUser();
  const tokenFile = user === null ? undefined : tokenFileIn(path === undefined ? usualPaths() : [path], user.name);
  if (user !== null && tokenFile !== undefined) {
    const authProvider = { name: "tokenFile", config: { tokenFile } };
    config.users = config.users.map((each) => (each.name === user.name ? { ...each, authProvider } : each));
  }
  const server = config.getCurrentCluster();
  const proxyUrl = server && proxyFromEnvironment(new URL(server.server), process.env);
  if (server !== null && !server.proxyUrl && proxyUrl) {
    config.clusters = config.clusters.map((each) => (each.name === server.name ? { ...each, proxyUrl } : each));
  }
  return config;
}

/**
 * A kubeconfig out of a stored cluster record. It may hold inline data only: what would run a program, read a file of
 * this machine or skip verification is refused, because whoever writes the record is not whoever runs the scan.
 */
export function storedKubeconfig(text: string, cluster: string): KubeConfig {
  const config = new KubeConfig();
  const source = `the record of cluster ${cluster}`;
  attempt(source, () => config.loadFromString(text));
  select(config, undefined, source);
  const user = config.getCurrentUser();
  const server = config.getCurrentCluster();
  const refused: readonly (readonly [string, unknown])[] = [
    ["user.exec", user?.exec],
    ["user.auth-provider", user?.authProvider],
    ["user.client-certificate", user?.certFile],
    ["user.client-key", user?.keyFile],
    ["user.tokenFile", tokenFileOf(text, user?.name)],
    ["cluster.certificate-authority", server?.caFile],
    ["cluster.insecure-skip-tls-verify", server?.skipTLSVerify],
  ];
  for (const [field, value] of refused) {
    if (value) throw bad(`${source}: ${field} is not allowed in a stored record; give inline data instead`);
  }
  return config;
}

/** Where kubectl looks: every file of KUBECONFIG, or the one in the home folder. */
const usualPaths = (): readonly string[] =>
  process.env.KUBECONFIG?.split(delimiter).filter(Boolean) ?? [join(homedir(), ".kube", "config")];

/** The first file that has the user counts, and a relative path is one from that file's folder. */
function tokenFileIn(paths: readonly string[], userName: string): string | undefined {
  for (const path of paths.filter((each) => existsSync(each))) {
    const file = tokenFileOf(readFileSync(path, "utf8"), userName);
    if (file !== undefined) return resolve(dirname(path), file);
  }
  return undefined;
}

/** The client library drops `tokenFile`, which kubectl knows: it is read from the text itself. */
function tokenFileOf(text: string, userName: string | undefined): string | undefined {
  const { users } = parse(text) as { users?: { name?: string; user?: { tokenFile?: string } }[] }; // loaded before
  return users?.find(({ name }) => name === userName)?.user?.tokenFile;
}

function select(config: KubeConfig, context: string | undefined, source: string): KubeConfig {
  const name = context ?? config.getCurrentContext();
  const known = config.getContexts().map((each) => each.name);
  if (!name)
    throw bad(`${source}: current-context is not set; name one with --context (${known.join(", ") || "none"})`);
  const found = config.getContextObject(name);
  if (found === null) {
    throw bad(`${source}: there is no context "${name}"; it holds ${known.join(", ") || "no contexts"}`);
  }
  const cluster = config.getCluster(found.cluster);
  if (cluster === null) throw bad(`${source}: context "${name}" names cluster "${found.cluster}", which is not there`);
  if (config.getUser(found.user) === null) {
    throw bad(`${source}: context "${name}" names user "${found.user}", which is not there`);
  }
  if (!URL.canParse(cluster.server)) {
    throw bad(`${source}: cluster "${cluster.name}": server is not a URL: ${JSON.stringify(cluster.server)}`);
  }
  if (new URL(cluster.server).protocol !== "https:") {
    throw bad(`${source}: cluster "${cluster.name}": server must begin with https://, as credentials travel there`);
  }
  const { proxyUrl } = cluster;
  if (proxyUrl && !isProxyUrl(proxyUrl)) {
    throw bad(`${source}: cluster "${cluster.name}": proxy-url must be an http://, https:// or socks5:// URL`);
  }
  config.setCurrentContext(name);
  return config;
}

function attempt(source: string, load: () => void): void {
  try {
    load();
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new ScanError("bad-request", `${source} is not a kubeconfig: ${why}`, { cause: error });
  }
}

const bad = (message: string) => new ScanError("bad-request", message);
