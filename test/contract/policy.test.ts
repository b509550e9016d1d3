import { describe, expect, it } from "vitest";
import { ClusterPolicy, policyFor, strictPolicy } from "#contract/policy.ts";

const image = `registry.test/toolbox@sha256:${"0".repeat(64)}`;
const liberal = ClusterPolicy.parse({ toolbox: { use: "auto", image }, images: "registry", credentials: "per-scan" });

describe("a cluster's policy", () => {
  it("allows nothing when nothing is said", () => {
    expect(strictPolicy).toEqual({ toolbox: { use: "never" }, images: "never", credentials: "shared" });
  });

  it.each([
    ["a toolbox without its image", { toolbox: { use: "auto" } }, "toolbox.image"],
    ["a pull secret without a registry", { pullSecret: "arn" }, "pullSecret"],
    ["a key that it does not have", { toolbx: {} }, ""],
  ])("refuses %s, by its field", (_, given, field) => {
    const { error } = ClusterPolicy.safeParse(given);
    expect(error?.issues.map(({ path }) => path.join("."))).toEqual([field]);
  });
});

describe("what holds for a request", () => {
  it("is the cluster's policy where the request says nothing", () => {
    expect(policyFor(liberal, undefined)).toEqual(liberal);
  });

  it("is less where the request asks for less, and keeps the rest", () => {
    expect(policyFor(liberal, "never")).toEqual({ ...liberal, toolbox: { use: "never" } });
  });

  it("is never more than the cluster allows", () => {
    expect(policyFor(strictPolicy, "auto")).toEqual(strictPolicy);
  });
});
