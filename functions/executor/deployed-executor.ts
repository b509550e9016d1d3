import { tmpdir } from "node:os";
import { join } from "node:path";
import { ulid } from "ulid";
import { type Deployed, deployed } from "#aws/deployed.ts";
import { mintEksToken } from "#aws/eks-token.ts";
import { kmsSigner } from "#aws/kms.ts";
import { secretsManager } from "#aws/secrets.ts";
import { readClusterRecord } from "#cluster/record.ts";
import { clusterRecordName } from "#contract/deployment.ts";
import { trusting } from "#signing/trust.ts";
import { readTrustedKeys } from "#signing/trusted-keys.ts";
import { telemetryOf } from "../telemetry.ts";
import { clusterConnections } from "./clusters.ts";
import { executorsDoctor } from "./doctor.ts";
import type { ExecutorEnvironment } from "./environment.ts";
import { imagesByPolicy } from "./images.ts";
import { materialFrom } from "./material.ts";
import type { TakePorts } from "./take.ts";
import { type WarmAuditor, warmAuditor } from "./warm-auditor.ts";

/** The executor of a deployment, in its image, whoever hands it its tasks. What it makes on disk stays below the temp folder. */
export function deployedExecutor(
  environment: ExecutorEnvironment,
  service: string,
): TakePorts & Pick<Deployed, "queueOf" | "inboxAt"> & Pick<WarmAuditor, "close"> {
  const signer = kmsSigner(environment.SIGNING_KEY);
  const trusted = trusting([signer, ...readTrustedKeys(environment.TRUSTED_KEYS)]);
  const { evidence, published, taskQueue, inboxAt, queueOf, credentials } = deployed(environment);
  const secret = secretsManager();
  const telemetry = telemetryOf(service);
  const now = () => new Date();
  const workDir = join(tmpdir(), "muster");
  const connect = clusterConnections({
    record: async (cluster, fresh) =>
      readClusterRecord(await secret(clusterRecordName(environment.DEPLOYMENT, cluster), fresh), cluster),
    mint: (eks) => mintEksToken(eks, { credentials, now }),
  });
  const auditor = warmAuditor({ workDir, log: (line) => telemetry.logger.warn(line) });
  // It loads InSpec while the first task is on its way. What goes wrong is told to the scan that needs it.
  auditor.get().catch(() => undefined);
  return {
    ...{ evidence, published, taskQueue, inboxAt, queueOf, now, connect, signer, ...telemetry },
    auditor: auditor.get,
    close: auditor.close,
    mostReceives: environment.MOST_RECEIVES,
    doctor: executorsDoctor({ connect, now }),
    images: imagesByPolicy(secret),
    material: materialFrom(published, trusted, join(workDir, "profiles")),
    attemptId: () => ulid(),
    onProgress: () => undefined,
  };
}
