import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { scanTask } from "#test/support/build.ts";
import { clusterId, imageDeployment } from "#test/support/image-executor.ts";
import { reaching } from "#test/support/reach.ts";
import { executorImage } from "../../../infra/image/executor-image.ts";
import { ownCluster } from "../own-cluster.ts";
import { type Row, rowOf } from "../row.ts";

const starts = 7;

/** Its title is the time at which the container was asked, in nanoseconds: container and machine have one clock. */
const control = `control "asks" do
  title command("date +%s%N").stdout
  describe(true) { it { should eq true } }
end
`;
const Report = z.object({ profiles: z.tuple([z.object({ controls: z.tuple([z.object({ title: z.string() })]) })]) });

/**
 * From the order to start the image's container to the auditor's first question in the container next door, with a scan task
 * waiting on the queue and nothing known of the profile. The first start reads the image from disk and is left out.
 */
export async function imageStart(): Promise<readonly Row[]> {
  const { name: image, archive } = await executorImage();
  const cluster = await ownCluster({ archives: [archive] });
  const aws = await imageDeployment(cluster);
  const folder = mkdtempSync(join(tmpdir(), "muster-asks-"));
  const first: number[] = [];
  const ready: number[] = [];
  try {
    mkdirSync(join(folder, "controls"));
    writeFileSync(join(folder, "inspec.yml"), "name: asks\nversion: 0.1.0\n");
    writeFileSync(join(folder, "controls", "asks.rb"), control);
    const profile = await aws.register(folder);
    const target = { ...(await reaching(cluster).targetOf("demo", "weak", "weak")), cluster: clusterId };
    for (let start = 0; start < starts; start += 1) {
      const scanId = start.toString(16).padStart(32, "0");
      await aws.send(scanTask({ scanId, profile, target, requestedAt: new Date().toISOString() }));
      const executor = await aws.start({ image });
      await executor.runtime.initialised;
      const readyAtMs = Date.now();
      const outcome = await aws.outcomeOf(scanId);
      const hdf = await aws.evidence.read(`${outcome.key}/hdf.json`);
      const { profiles } = Report.parse(JSON.parse(Buffer.from(hdf?.bytes ?? []).toString("utf8")));
      await executor.stop();
      if (start === 0) continue;
      ready.push((readyAtMs - executor.startedAtMs) / 1000);
      first.push((Number(profiles[0].controls[0].title) / 1e6 - executor.startedAtMs) / 1000);
    }
  } finally {
    await aws.close();
    await cluster.stop();
    rmSync(folder, { recursive: true });
  }
  const what = "executor image, warm disk: from the order to start its container to";
  return [
    rowOf({
      ...{ id: "cloud.image.first-question", what: `${what} the auditor's first question asked` },
      ...{ unit: "s", samples: first, bar: "≤ 2.5" },
    }),
    rowOf({
      ...{ id: "cloud.image.ready", what: `${what} its first request for an event` },
      ...{ unit: "s", samples: ready, bar: "≤ 1.5" },
    }),
  ];
}
