import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { grantCommand } from "#cli/verbs/grant.ts";
import { expectOneClearMessage, type Run } from "#test/support/run-muster.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-grant-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The verb in this process, with what it prints and its exit code. */
async function grant(...words: readonly string[]): Promise<Run> {
  const printed = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      printed[name] += text;
      return true;
    }),
  );
  await grantCommand().parseAsync([...words], { from: "user" });
  for (const spy of spies) spy.mockRestore();
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { code, ...printed };
}

function request(targets: readonly object[], more: object = {}): string {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, JSON.stringify({ schemaVersion: 1, profile: "p", targets, ...more }));
  return path;
}

const kinds = (text: string) =>
  parseAllDocuments(text).map((document) => `${document.get("kind")} ${document.getIn(["metadata", "name"])}`);

describe("muster grant", () => {
  it("prints YAML that kubectl can apply, account included", async () => {
    const { code, stdout, stderr } = await grant("-n", "shop");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(kinds(stdout)).toEqual([
      "Namespace muster",
      "ServiceAccount scanner",
      "Role muster-scanner",
      "RoleBinding muster-scanner",
    ]);
  });

  it("reads a request, one cluster's part of it, and its word on the toolbox", async () => {
    const targets = [
      { cluster: "blue", namespaces: ["shop"], pods: ["web-0"] },
      { cluster: "green", namespaces: ["bank"] },
    ];
    const path = request(targets, { options: { toolbox: "auto" } });
    const { stdout } = await grant(path, "--cluster", "blue", "--subject", "User:alice");
    expect(kinds(stdout)).toEqual(["Role muster-scanner", "RoleBinding muster-scanner"]);
    expect(stdout).toContain("resourceNames: [web-0]");
    expect(stdout).toContain("pods/ephemeralcontainers");
    expect(stdout).toContain("name: alice");
    expect(stdout).not.toContain("bank");
  });

  it("with --json gives one List, and the access entry beside it", async () => {
    const { stdout } = await grant("-n", "shop", "--json", "--eks", "arn:aws:iam::123456789012:role/muster");
    const list = JSON.parse(stdout);
    expect(list).toMatchObject({ kind: "List", items: [{ kind: "Role" }, { kind: "RoleBinding" }] });
    expect(list.items[1].subjects).toMatchObject([{ kind: "Group", name: "muster-scanners" }]);
    expect(list.eks.command).toContain("--kubernetes-groups muster-scanners");
  });
});

describe("bad input to muster grant", () => {
  const two = [
    { cluster: "blue", namespaces: ["a"] },
    { cluster: "green", namespaces: ["a"] },
  ];
  it.each<[() => string[], string]>([
    [() => [], "-n NAMESPACE"],
    [() => ["-n", "a", "-A"], "-n NAMESPACE"],
    [() => ["-n", "Shop"], "--namespace"],
    [() => ["-n", "a", "-n", "b", "--pod", "x"], "exactly one namespace"],
    [() => ["-n", "a", "--pod", "../x"], "--pod"],
    [() => ["-n", "a", "-l", "app in x"], "labelSelector"],
    [() => ["-n", "a", "--subject", "alice"], "--subject"],
    [() => ["-n", "a", "--subject", "ServiceAccount:scanner"], "--subject"],
    [() => ["-n", "a", "--subject", "ServiceAccount:UP/scanner"], "--subject"],
    [() => ["-n", "a", "--eks", "muster"], "--eks"],
    [() => ["-n", "a", "--eks", "arn:aws:iam::123456789012:role/x", "--subject", "User:x"], "--eks"],
    [() => ["-n", "a", "--server-version", "new"], "--server-version"],
    [() => ["/nonexistent.json"], "cannot read"],
    [() => [request([{ cluster: "blue", colour: "red" }])], "colour"],
    [() => [request(two)], "--cluster"],
    [() => [request(two), "--cluster", "red"], "not red"],
    [() => [request(two.slice(1)), "-n", "a"], "leave out -n"],
    [() => [request(two.slice(1), { options: { toolbox: "never" } }), "--toolbox"], "--toolbox"],
  ])("case %# is one message with its field", async (words, field) => {
    const run = await grant(...words());
    expectOneClearMessage(run, field);
    expect(run.stdout).toBe("");
  });
});
