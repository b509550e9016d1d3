import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { hops } from "#cluster/doctor/hops.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import type { KubernetesVersion } from "#embedded/cluster/versions.ts";
import { blackHole } from "#test/support/black-hole.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { expectOneClearMessage, type Run, runMuster } from "#test/support/run-muster.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-doctor-"));
let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});
afterEach(() => {
  cluster.faults.clear();
  cluster.behaveLike("1.36");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Config {
  clusters: { cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: { context: Record<string, unknown> }[];
}

/** The cluster's kubeconfig with its parts changed. */
function changed(change: (config: Config) => void): string {
  const config = parse(readFileSync(cluster.kubeconfig, "utf8"));
  change(config);
  const path = join(folder, `${Math.random()}.kubeconfig`);
  writeFileSync(path, stringify(config));
  return path;
}

const withCluster = (fields: object) => changed(({ clusters }) => Object.assign(clusters[0]?.cluster ?? {}, fields));
const withUser = (user: Record<string, unknown>) =>
  changed(({ users }) => {
    for (const each of users) each.user = user;
  });

const doctor = (...words: readonly string[]) => runMuster(["doctor", "--kubeconfig", cluster.kubeconfig, ...words]);

/** The JSON document of a run that ended with a fault, at this hop and for this reason. */
function expectFault(run: Run, hop: (typeof hops)[number], reason: string, words: RegExp) {
  expect(run.code).toBe(2);
  const diagnosis = JSON.parse(run.stdout);
  expect(diagnosis.fault).toMatchObject({ hop, reason, message: expect.stringMatching(words) });
  expect(diagnosis.hops.map((each: { hop: string }) => each.hop)).toEqual(hops);
  return diagnosis;
}

describe("muster doctor", () => {
  it.each<KubernetesVersion>(["1.27", "1.31", "1.36"])(
    "walks down to a shell on %s, and knows who it is",
    async (version) => {
      cluster.behaveLike(version);
      const run = await doctor("-n", "demo", "--pod", "weak", "--json");
      expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
      const diagnosis = JSON.parse(run.stdout);
      expect(diagnosis).toMatchObject({ healthy: true, fault: null, warnings: [], target: "muster/demo/weak/weak" });
      expect(diagnosis.serverVersion).toContain(`v${version}.`);
      const username = "system:serviceaccount:muster:scanner";
      expect(diagnosis.identity).toMatchObject({ username, confirmed: version !== "1.27" });
    },
  );

  it("prints a line a hop, the toolbox's right, and the verdict", async () => {
    const { code, stdout } = await doctor("-n", "demo", "--pod", "two-containers", "--container", "second");
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    for (const hop of hops) {
      expect(
        lines.filter((line) => new RegExp(`^  ${hop} +(ok +\\d+\\.\\d\\d s|–) +\\S`).test(line)),
        hop,
      ).toHaveLength(1);
    }
    expect(stdout).toContain("toolbox: patch pods/ephemeralcontainers is not held");
    expect(stdout).toContain("The way is open, down to a shell in muster/demo/two-containers/second");
  });

  it("takes the context's namespace, and without one looks into all", async () => {
    expect(JSON.parse((await doctor("--json")).stdout)).toMatchObject({ healthy: true });
    const nowhere = changed(({ contexts }) => {
      for (const { context } of contexts) delete context.namespace;
    });
    const run = await runMuster(["doctor", "--kubeconfig", nowhere, "--context", "nobody", "--json"]);
    expectFault(run, "authorisation", "forbidden", /missing in all namespaces: list pods/);
    expectOneClearMessage(await runMuster(["doctor", "--kubeconfig", nowhere, "--pod", "weak"]), "-n NAMESPACE");
  });

  it("warns of a clock that differs from the server's", async () => {
    cluster.clock.advance(90_000);
    const run = await doctor("-n", "demo", "--json");
    cluster.clock.advance(-90_000);
    expect(JSON.parse(run.stdout).warnings.join()).toMatch(/this machine is (89|90|91) s behind/);
  });
});

describe("the hop that fails is the one that is told", () => {
  it("authentication: a token that nobody issued, and none at all", async () => {
    const wrong = await runMuster(["doctor", "--kubeconfig", withUser({ token: "wrong" }), "--json"]);
    expectFault(wrong, "authentication", "unauthenticated", /HTTP 401/);
    const anonymous = await runMuster(["doctor", "--kubeconfig", withUser({}), "--json"]);
    expectFault(anonymous, "authentication", "unauthenticated", /nor cluster record holds credentials/);
  });

  it.each<KubernetesVersion>(["1.27", "1.36"])("authentication: a token that has expired, on %s", async (version) => {
    cluster.behaveLike(version);
    const token = cluster.token("muster", "scanner", -10);
    const run = await runMuster(["doctor", "--kubeconfig", withUser({ token }), "--json"]);
    expectFault(run, "authentication", "unauthenticated", /the JWT expired at/);
  });

  it("authentication: a server that takes requests and answers none", async () => {
    cluster.faults.add({ match: ({ method }) => method === "POST", delayMs: 20_000, respond: { code: 503 } });
    expectFault(await doctor("-n", "demo", "--json"), "authentication", "timeout", /did not say within 5\.0 s/);
  });

  it("authentication: a server that asks to slow down", async () => {
    cluster.faults.add({ match: ({ method }) => method === "POST", respond: { code: 429, retryAfterSeconds: 9 } });
    expectFault(await doctor("-n", "demo", "--json"), "authentication", "throttled", /HTTP 429/);
  });

  it("authorisation: every right that is missing, in one message", async () => {
    const run = await doctor("-n", "demo", "--pod", "weak", "--context", "nobody", "--json");
    const missing = "missing in namespace demo, pod weak: get pods, watch pods, get pods/exec, create pods/exec";
    const diagnosis = expectFault(run, "authorisation", "forbidden", new RegExp(`^${missing}$`));
    expect(diagnosis.fault.advice).toContain("muster grant -n demo --pod weak");
    expect(diagnosis.permissions).toHaveLength(5);
  });

  it("authorisation: a cluster that refuses access reviews is not taken for one that refuses scans", async () => {
    const reviews = ({ url }: { readonly url: string }) => url.includes("selfsubjectaccessreviews");
    cluster.faults.add({ match: reviews, respond: { code: 403 } });
    const { code, stdout } = await doctor("-n", "demo", "--pod", "weak");
    expect(code).toBe(0);
    expect(stdout).toContain("not known, as access reviews are refused");
  });

  it.each([
    [["--pod", "ghost"], "nothing-matched", /no pod ghost/],
    [["--pod", "weak", "--container", "ghost"], "nothing-matched", /no container ghost; it has weak/],
    [["--pod", "stopped"], "not-running", /terminated: Completed/],
  ])("exec: %j is %s", async (words, reason, text) => {
    expectFault(await doctor("-n", "demo", ...words, "--json"), "exec", reason, text);
  });

  it("exec: an upgrade that is refused, with the server's words", async () => {
    const isExec = ({ url }: { readonly url: string }) => url.includes("/exec?");
    cluster.faults.add({ match: isExec, respond: { code: 500, body: "the node is away" } });
    expectFault(await doctor("-n", "demo", "--json"), "exec", "exec-refused", /the node is away/);
  });

  it("shell: a container that has none", async () => {
    const diagnosis = expectFault(
      await doctor("-n", "demo", "--pod", "scratch", "--json"),
      "shell",
      "no-shell",
      /none of/,
    );
    expect(diagnosis.hops[7]).toMatchObject({ hop: "exec", state: "passed" });
  });
});

describe("a dead address", () => {
  it("that swallows packets ends at tcp", async () => {
    const hole = await blackHole();
    const kubeconfig = withCluster({ server: `https://127.0.0.1:${hole.port}` });
    const run = await runMuster(["doctor", "--kubeconfig", kubeconfig]).finally(() => hole.close());
    expect(run.code).toBe(2);
    expect(run.stdout).toMatch(/tcp +FAILED +3\.\d\d s +tcp: 127\.0\.0\.1 port \d+: no answer/);
    expect(run.stdout).toMatch(/→ .*security groups/);
    expect(run.stdout.match(/not tried/g)?.length).toBe(6);
    expect(run.stdout).toContain("The way ends at tcp: tcp");
  });

  it("whose name a resolver swallows ends at dns, and the command with it", async () => {
    const resolver = createSocket("udp4");
    await new Promise<void>((resolve) => resolver.bind(53, "127.53.53.53", resolve));
    const file = join(folder, "resolv.conf");
    writeFileSync(file, "nameserver 127.53.53.53\noptions timeout:30 attempts:5\n");
    const kubeconfig = withCluster({ server: "https://api.muster.test" });
    const mount = `mount --bind ${file} /etc/resolv.conf && exec "$@"`;
    const run = await runMuster(
      ["doctor", "--kubeconfig", kubeconfig, "--json"],
      [...["unshare", "--mount", "sh", "-c", mount, "sh"]],
    ).finally(() => resolver.close());
    expectFault(run, "dns", "dns", /api\.muster\.test does not resolve: the resolver gave no answer within 3\.0 s/);
  });
});

describe("a kubeconfig with a fault", () => {
  it.each<[string, () => string]>([
    ["--kubeconfig", () => "/nonexistent"],
    ["is not a kubeconfig", () => writtenAs("{{{")],
    ["current-context", () => changed((config) => Object.assign(config, { "current-context": "" }))],
    ['no context "ghost"', () => changed((config) => Object.assign(config, { "current-context": "ghost" }))],
    ["server is not a URL", () => withCluster({ server: "api" })],
    ["server must begin with https://", () => withCluster({ server: "http://127.0.0.1" })],
    ["proxy-url", () => withCluster({ "proxy-url": "::not a url" })],
    ["proxy-url", () => withCluster({ "proxy-url": "ftp://127.0.0.1" })],
  ])("is one message with %j in it", async (words, kubeconfig) => {
    expectOneClearMessage(await runMuster(["doctor", "--kubeconfig", kubeconfig()]), words);
  });

  it.each<[string, () => string]>([
    ["cluster.certificate-authority-data", () => withCluster({ "certificate-authority-data": "bm9uc2Vuc2U=" })],
    ["user.client-key-data", () => withUser({ "client-key-data": "bm9uc2Vuc2U=" })],
  ])("in %s is told at the first hop", async (field, kubeconfig) => {
    const run = await runMuster(["doctor", "--kubeconfig", kubeconfig(), "--json"]);
    expectFault(run, "credentials", "bad-request", new RegExp(field.replaceAll(".", "\\.")));
  });

  it("that names a credential plugin which hangs ends at the first hop, and the command with it", async () => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "sleep", args: ["20"] };
    const run = await runMuster(["doctor", "--kubeconfig", withUser({ exec }), "--json"]);
    expectFault(run, "credentials", "unauthenticated", /plugin gave nothing within 5\.0 s/);
  });

  it.each([
    [["-n", "Demo"], "--namespace"],
    [["--pod", "a/b"], "--pod"],
    [["--container", ".."], "--container"],
    [["--context", "ghost"], "ghost"],
    [["--speed"], "--speed"],
  ])("or flags such as %j are one message", async (words, field) => {
    const run = await doctor(...words);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(field);
  });
});

function writtenAs(text: string): string {
  const path = join(folder, `${Math.random()}.kubeconfig`);
  writeFileSync(path, text);
  return path;
}
