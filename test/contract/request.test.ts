import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultsAsText, faultsOf } from "#contract/faults.ts";
import { ScanRequest } from "#contract/request.ts";
import { isLabelSelector } from "#contract/selector.ts";

const good = { schemaVersion: 1, profile: "container-baseline", targets: [{ cluster: "prod" }] };

function faultsIn(request: unknown): string {
  const parsed = ScanRequest.safeParse(request);
  return parsed.success ? "" : faultsAsText(faultsOf(parsed.error));
}

describe("a scan request", () => {
  it("is accepted with every option", () => {
    const whole = {
      ...good,
      requestId: "nightly:2026-11-24T03:00Z",
      requestedBy: "scheduler",
      profile: ["a", "b"],
      targets: [
        {
          cluster: "prod",
          namespaces: ["shop"],
          labelSelector: "app=web,tier in (a,b),!debug",
          pods: ["etcd-ip-10-0-1-23.us-west-2.compute.internal"],
          containers: ["main"],
          include: ["containers", "initContainers"],
        },
      ],
      options: { deadlineMinutes: 5, toolbox: "never", sample: "one-per-image", maxTargets: 3, olderAuditor: true },
    };
    expect(faultsIn(whole)).toBe("");
  });

  it.each([
    [{ ...good, speed: 9 }, "speed"],
    [{ ...good, targets: [{ cluster: "prod", command: "id" }] }, "targets[0].command"],
    [{ ...good, options: { image: "x" } }, "options.image"],
    [{ ...good, schemaVersion: 2 }, "schemaVersion"],
    [{ ...good, targets: [] }, "targets"],
    [{ ...good, targets: [{}] }, "targets[0].cluster"],
    [{ ...good, targets: [{ cluster: "../etc" }] }, "targets[0].cluster"],
    [{ ...good, targets: [{ cluster: "prod", namespaces: [".."] }] }, "targets[0].namespaces[0]"],
    [{ ...good, targets: [{ cluster: "prod", namespaces: ["Shop"] }] }, "targets[0].namespaces[0]"],
    [{ ...good, targets: [{ cluster: "prod", namespaces: ["żółć"] }] }, "targets[0].namespaces[0]"],
    [{ ...good, targets: [{ cluster: "prod", namespaces: ["a".repeat(64)] }] }, "targets[0].namespaces[0]"],
    [{ ...good, targets: [{ cluster: "prod", namespaces: ["a"], pods: ["a..b"] }] }, "targets[0].pods[0]"],
    [{ ...good, targets: [{ cluster: "prod", pods: ["a"] }] }, "targets[0].namespaces"],
    [{ ...good, targets: [{ cluster: "prod", namespaces: ["a", "b"], pods: ["a"] }] }, "targets[0].namespaces"],
    [{ ...good, targets: [{ cluster: "prod", labelSelector: "app in web" }] }, "targets[0].labelSelector"],
    [{ ...good, requestId: "../../x" }, "requestId"],
    [{ ...good, profile: "A" }, "profile"],
    [{ ...good, profile: ["a", "a"] }, "profile"],
    [{ ...good, options: { deadlineMinutes: "5" } }, "options.deadlineMinutes"],
  ])("is refused with the name of the field: %j", (request, field) => {
    expect(faultsIn(request)).toContain(`${field}: `);
  });

  it("names every fault, not the first", () => {
    const text = faultsIn({ ...good, a: 1, b: 2, options: { c: 3 }, targets: [{ cluster: "X" }] });
    for (const field of ["a: ", "b: ", "options.c: ", "targets[0].cluster: "]) expect(text).toContain(field);
  });

  it("never throws, whatever it is given", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => typeof faultsIn(value) === "string"));
  });
});

describe("a label selector", () => {
  it.each(["app=web", "app==web", "app!=web", "app", "!app", "a in (x, y)", "a notin (x)", "example.com/a=b,c", "a="])(
    "may be %s",
    (text) => expect(isLabelSelector(text)).toBe(true),
  );
  it.each(["", "app=we b", "a in x", "a in ()extra", "-a=b", "a=b,,c", "a=$(id)", "a>1&x"])("may not be %s", (text) =>
    expect(isLabelSelector(text)).toBe(false),
  );
});
