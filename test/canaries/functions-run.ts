import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as z from "zod";
import { packProfile } from "#audit/archive.ts";
import { mintEksToken } from "#aws/eks-token.ts";
import { eventBus } from "#aws/events.ts";
import { secretsManager } from "#aws/secrets.ts";
import { readClusterRecord } from "#cluster/record.ts";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { startLocal } from "#embedded/run.ts";
import { clusterConnections } from "#functions/executor/clusters.ts";
import { rollUp } from "#functions/rollup/roll-up.ts";
import { imageInRegistry } from "#reach/image/registry/image-in-registry.ts";

/** What this process is given, in its environment: there a profile would look first. */
const Given = z.strictObject({
  store: z.string(),
  workDir: z.string(),
  /** Records by cluster, as Secrets Manager holds them. */
  records: z.record(z.string(), z.string()),
  pullSecret: z.string(),
  /** `host:port` of a registry that takes this pull secret, and holds nothing. */
  registry: z.string(),
  wrongPullSecret: z.string(),
  profiles: z.record(z.string(), z.string()),
});

/**
 * Every function of a deployment in one process, with cluster records out of Secrets Manager and tokens minted from the
 * process's own credentials: two profiles against every cluster. Prints what it was told on the way, and every event.
 */
const given = Given.parse(JSON.parse(process.env.CANARY_RUN ?? ""));
const cloud = embeddedCloud();
const client = { region: "us-east-1", requestHandler: cloud.requestHandler };
const secret = secretsManager(Date.now, new SecretsManagerClient(client));
const own = {
  accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? "",
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? "",
  sessionToken: process.env.AWS_SESSION_TOKEN ?? "",
};
for (const [cluster, record] of Object.entries(given.records)) cloud.putSecret(cluster, record);
const connect = clusterConnections({
  record: async (cluster, fresh) => readClusterRecord(await secret(cluster, fresh), cluster),
  mint: (eks) => mintEksToken(eks, { credentials: async () => own, now: () => new Date() }),
});
const clusters = Object.keys(given.records);
const muster = await startLocal({
  ...{ store: given.store, workDir: given.workDir, images: { kind: "registry", pullSecret: given.pullSecret } },
  clusters: new Map(clusters.map((cluster) => [cluster, () => connect(cluster)])),
  onEvent: (event) => console.log(JSON.stringify(event)),
});
cloud.onEvent((event) => console.log(JSON.stringify(event)));
for (const [name, path] of Object.entries(given.profiles)) {
  await muster.register({ kind: "profiles", name, bytes: await packProfile(path) });
}
const targets = clusters.map((cluster) => ({ cluster, namespaces: ["demo"] }));
const request = { schemaVersion: 1, profile: Object.keys(given.profiles), targets };
for (const body of [request, { ...request, profile: "nobody-registered-this" }, { ...request, command: "env" }]) {
  console.log(JSON.stringify(await muster.finished(await muster.submit(JSON.stringify(body)))));
}
const { evidence, published } = muster;
const events = eventBus(new EventBridgeClient(client));
for (const key of await evidence.list("runs/v1/")) await rollUp(key, { evidence, published, events });
const reference = `${given.registry}/team/app:1@sha256:${"0".repeat(64)}`;
const platform = { os: "linux", architecture: "amd64" };
for (const pullSecret of [given.pullSecret, given.wrongPullSecret]) {
  const asked = imageInRegistry({ reference, platform, pullSecret }, AbortSignal.timeout(20_000));
  await asked.catch((error: Error) => console.log(error.stack, error.cause));
}
await muster.stop();
