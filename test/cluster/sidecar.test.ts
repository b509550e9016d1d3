import { beforeAll, describe, expect, it } from "vitest";
import { injectSidecar } from "#cli/inject-sidecar.ts";
import type { ScanError } from "#contract/errors.ts";
import type { ToolboxPolicy } from "#contract/policy.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { sidecarContainer } from "#reach/sidecar/sidecar.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { hostPidOf } from "#test/support/container-processes.ts";
import { reaching, withoutShell } from "#test/support/reach.ts";
import { writableLayer } from "#test/support/writable-layer.ts";

const never: ToolboxPolicy = { use: "never" };
const image = "muster.test/toolbox:1";
let cluster: EmbeddedCluster;
let way: ReturnType<typeof reaching>;

/** A pod of withoutShell under a new name, with what `muster sidecar inject` adds. */
function injected(place: string, name: string, restricted: boolean): string {
  const pod = withoutShell.split("---").find((part) => part.includes(place)) ?? "";
  return injectSidecar(pod.replace(/name: [a-z-]+,/, `name: ${name},`), { image, restricted });
}

beforeAll(async () => {
  cluster = await sharedCluster();
  await cluster.apply(withoutShell);
  await cluster.apply(injected("name: two, namespace: at-privileged", "carrying", false));
  await cluster.apply(injected("name: hardened, namespace: at-restricted", "reading", true));
  // The account may not touch pods at all.
  way = reaching(cluster, "muster");
});

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe("a pod that carries the sidecar", () => {
  it("is entered without being touched, each container as itself", async () => {
    const before = JSON.stringify(cluster.pod("at-privileged", "carrying")?.spec);
    const contents = [];
    for (const container of ["clean", "weak"]) {
      const shell = await way.reach("at-privileged", "carrying", container, never);
      expect([shell.way, shell.reasons.at(-1)]).toEqual(["sidecar", "Its rights suffice to enter the target."]);
      contents.push(text((await shell.run("cat /etc/app.conf")).stdout));
      expect(text((await shell.run("ps")).stdout).match(/still/g)).toHaveLength(1);
      await shell.close();
    }
    expect(contents).toEqual(["listen = 127.0.0.1\n", "listen = 0.0.0.0\nold = yes\n"]);
    expect(JSON.stringify(cluster.pod("at-privileged", "carrying")?.spec)).toBe(before);
  });

  it("is read in a restricted namespace", async () => {
    const shell = await way.reach("at-restricted", "reading", "app", never);
    expect([shell.way, shell.reasons.at(-1)]).toEqual(["sidecar", expect.stringContaining("read the target")]);
    expect(text((await shell.run("cat /etc/app.conf")).stdout)).toBe("listen = 0.0.0.0\nold = yes\n");
    expect(text((await shell.run("stat -c '%U %n' /home/nonroot")).stdout)).toBe("nonroot /home/nonroot\n");
    const refused = await shell.run("find / -name x").catch((error: ScanError) => error.code);
    expect(refused).toBe("no-shell");
    await shell.close();
  });

  it("is left as it was, in files and processes", async () => {
    const target = await way.targetOf("at-privileged", "carrying", "weak");
    const sidecar = await way.targetOf("at-privileged", "carrying", "muster-sidecar");
    const before = [writableLayer(target.containerId), writableLayer(sidecar.containerId)];
    const shell = await way.reach("at-privileged", "carrying", "weak", never);
    await shell.run("find /etc | wc -l");
    await shell.close();
    expect([writableLayer(target.containerId), writableLayer(sidecar.containerId)]).toEqual(before);
    expect(hostPidOf(sidecar.containerId)).toBeGreaterThan(0);
  });

  it("is told apart by container: one that the sidecar cannot see is refused", async () => {
    const [ours, other] = [
      (await way.targetOf("at-privileged", "carrying", "weak")).containerId,
      (await way.targetOf("at-privileged", "two", "weak")).containerId,
    ];
    const swapped = (pod: string) => pod.replaceAll(ours, other);
    const reach = way.reach("at-privileged", "carrying", "weak", never, swapped);
    const error = await reach.catch((thrown: ScanError) => thrown);
    expect(error).toMatchObject({ code: "toolbox-refused", message: expect.stringContaining("can be seen") });
  });

  it.each([
    ["with a group that it cannot take on is refused", { fsGroup: 2000 }, "take on the groups"],
    ["without such a group is entered", {}, undefined],
  ])("from a read-only root, a user %s", async (_, groups, words) => {
    const name = `read-only-${Object.keys(groups).length}`;
    const sidecar = sidecarContainer(image);
    const securityContext = { ...sidecar.securityContext, readOnlyRootFilesystem: true };
    const spec = {
      ...{ terminationGracePeriodSeconds: 1, shareProcessNamespace: true },
      securityContext: { runAsUser: 65532, runAsGroup: 65532, ...groups },
      initContainers: [{ ...sidecar, securityContext }],
      containers: [{ name: "app", image: "muster.test/distroless-weak:1" }],
    };
    await cluster.apply([{ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "at-privileged" }, spec }]);
    const reached = await way.reach("at-privileged", name, "app", never).catch((thrown: ScanError) => thrown);
    if (words !== undefined) {
      expect(reached).toMatchObject({ code: "toolbox-refused", message: expect.stringContaining(words) });
    } else if ("run" in reached) {
      expect(text((await reached.run("id -u; id -g")).stdout)).toBe("65532\n65532\n");
      await reached.close();
    } else throw reached;
  });
});
