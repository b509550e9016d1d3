import { describe, expect, it } from "vitest";
import type { ToolboxPolicy } from "#contract/policy.ts";
import { type PlanFacts, plan, type SecurityLevel } from "#reach/plan.ts";
import type { Form } from "#reach/toolbox/form.ts";
import { namesOf } from "#reach/toolbox/name.ts";

const facts: PlanFacts = {
  namespace: "shop",
  container: "app",
  os: "linux",
  policy: { use: "auto", image: "registry.test/toolbox@sha256:0" },
  sidecar: undefined,
  staticPod: false,
  mayPatch: true,
  level: "privileged",
  ids: {},
  nonRoot: false,
  privileged: false,
  addedCapabilities: [],
  ownUsers: false,
  toolboxes: 0,
  running: [],
  tried: [],
};

/** What is tried, one after the other, when every form is refused: `ptrace`, `root`, or the ids of a reading toolbox. */
function ladder(given: Partial<PlanFacts>): readonly string[] {
  const tried: { form: Form; how: "refused"; words: string }[] = [];
  for (;;) {
    const step = plan({ ...facts, ...given, tried });
    if (step.kind === "refused") {
      expect(step.code).toBe("toolbox-refused");
      return tried.map(({ form }) => (form.kind === "same-ids" ? `${form.ids.uid}:${form.ids.gid}` : form.kind));
    }
    if (step.kind !== "toolbox") throw new Error("no sidecar was offered");
    tried.push({ form: step.form, how: "refused", words: "no" });
  }
}

const targets = {
  root: { ids: { uid: 0, gid: 0 } },
  "root that adds a capability": { ids: { uid: 0, gid: 0 }, addedCapabilities: ["NET_ADMIN"] },
  privileged: { ids: { uid: 0, gid: 0 }, privileged: true },
  "root with users of its own": { ids: { uid: 0, gid: 0 }, ownUsers: true },
  "65532:65532": { ids: { uid: 65532, gid: 65532 }, nonRoot: true },
  "1000 of unknown group": { ids: { uid: 1000 }, nonRoot: true },
  unknown: {},
  "unknown, but not root": { nonRoot: true },
} as const;

// The access matrix: who may look into whom, at the levels that let it be made.
const expected: Readonly<Record<keyof typeof targets, Readonly<Record<SecurityLevel, readonly string[]>>>> = {
  root: {
    privileged: ["root", "ptrace"],
    unknown: ["root", "ptrace"],
    baseline: ["root"],
    restricted: [],
  },
  "root that adds a capability": {
    privileged: ["root", "ptrace"],
    unknown: ["root", "ptrace"],
    baseline: ["root"],
    restricted: [],
  },
  "root with users of its own": {
    privileged: ["root", "ptrace", "0:0"],
    unknown: ["root", "ptrace", "0:0"],
    baseline: ["root", "0:0"],
    restricted: ["0:0"],
  },
  privileged: { privileged: ["ptrace"], unknown: ["ptrace"], baseline: [], restricted: [] },
  "65532:65532": {
    privileged: ["ptrace", "65532:65532"],
    unknown: ["ptrace", "65532:65532"],
    baseline: ["65532:65532"],
    restricted: ["65532:65532"],
  },
  "1000 of unknown group": {
    privileged: ["ptrace", "1000:1000"],
    unknown: ["ptrace", "1000:1000"],
    baseline: ["1000:1000"],
    restricted: ["1000:1000"],
  },
  unknown: {
    privileged: ["ptrace", "root", "65532:65532"],
    unknown: ["ptrace", "root", "65532:65532"],
    baseline: ["root", "65532:65532"],
    restricted: ["65532:65532"],
  },
  "unknown, but not root": {
    privileged: ["ptrace", "65532:65532"],
    unknown: ["ptrace", "65532:65532"],
    baseline: ["65532:65532"],
    restricted: ["65532:65532"],
  },
};

describe.each(Object.keys(targets) as (keyof typeof targets)[])("a target that runs as %s", (who) => {
  it.each(Object.keys(expected[who]) as SecurityLevel[])(
    "is looked into at level %s by what the level lets be",
    (level) => {
      expect(ladder({ ...targets[who], level })).toEqual(expected[who][level]);
    },
  );
});

describe("the planner", () => {
  it("takes a root target's own capabilities along, since the kernel wants the looker's to include them", () => {
    const step = plan({ ...facts, ids: { uid: 0, gid: 0 }, addedCapabilities: ["NET_ADMIN"] });
    expect(step).toMatchObject({ kind: "toolbox", form: { kind: "root", capabilities: ["NET_ADMIN"] } });
  });

  it("looks again with the ids that a denied toolbox has learned", () => {
    const root: Form = { kind: "root", capabilities: [] };
    const tried = [{ form: root, how: "denied", words: "the target's process runs as 101:7" }] as const;
    const step = plan({ ...facts, level: "baseline", ids: { uid: 101, gid: 7 }, tried });
    expect(step).toMatchObject({ kind: "toolbox", form: { kind: "same-ids", ids: { uid: 101, gid: 7 } } });
  });

  it("prefers a sidecar to everything, whatever the policy, since nothing is added to the pod", () => {
    const step = plan({ ...facts, sidecar: "muster-sidecar", policy: { use: "never" }, mayPatch: false });
    expect(step).toMatchObject({ kind: "sidecar", container: "muster-sidecar" });
  });

  it.each<[string, Partial<PlanFacts>, string, RegExp]>([
    ["Windows", { os: "windows", sidecar: "muster-sidecar" }, "windows-unsupported", /Windows/],
    ["a policy of never", { policy: { use: "never", image: "x" } }, "no-shell", /not allowed here/],
    ["a policy without an image", { policy: { use: "auto" } }, "no-shell", /No toolbox image/],
    [
      "a namespace that the policy leaves out",
      { policy: { use: "auto", image: "x", namespaces: ["other"] } },
      "no-shell",
      /not allowed in namespace shop/,
    ],
    ["a static pod", { staticPod: true }, "toolbox-refused", /static pod/],
    ["an account without the right", { mayPatch: false }, "forbidden", /pods\/ephemeralcontainers in namespace shop/],
    ["a pod with five toolboxes", { toolboxes: 5 }, "toolbox-refused", /5 toolbox containers already/],
  ])("refuses %s", (_, given, code, words) => {
    const step = plan({ ...facts, ...given });
    expect(step).toMatchObject({ kind: "refused", code });
    expect(step.because.join(" ")).toMatch(words);
  });

  it("uses the toolbox in a namespace that the policy names, and where the server does not review access", () => {
    const policy: ToolboxPolicy = { use: "auto", image: "x", namespaces: ["other", "shop"] };
    expect(plan({ ...facts, policy, mayPatch: undefined }).kind).toBe("toolbox");
  });

  it("uses one of five toolboxes that still runs, if it was made for this", () => {
    const form: Form = { kind: "root", capabilities: [] };
    const names = namesOf(form, facts.policy.image ?? "", "app");
    const [first, second] = [String(names.next().value), String(names.next().value)];
    const full = { ...facts, ids: { uid: 0, gid: 0 }, toolboxes: 5 };
    expect(plan({ ...full, running: [second] })).toMatchObject({ kind: "toolbox", form });
    expect(plan({ ...full, running: [first] }).kind).toBe("toolbox");
    expect(plan({ ...full, container: "other", running: [second] }).kind).toBe("refused");
  });

  it("repeats the admission rule that refused the last form", () => {
    const form: Form = { kind: "same-ids", ids: { uid: 65532, gid: 65532 } };
    const tried = [{ form, how: "refused", words: 'admission webhook "no-debug" denied the request' }] as const;
    const step = plan({ ...facts, level: "restricted", tried });
    expect(step.because.join(" ")).toContain('admission webhook "no-debug" denied the request');
    expect(step.because.join(" ")).toContain(
      'the namespace enforces pod security "restricted", which forbids SYS_PTRACE',
    );
  });
});
