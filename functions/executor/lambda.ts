import { tmpdir } from "node:os";
import { join } from "node:path";
import { ulid } from "ulid";
import { type Auditor, startAuditor } from "#audit/auditor.ts";
import { deployed } from "#aws/deployed.ts";
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
import { executorEnvironment } from "./environment.ts";
import { executorHandler } from "./handler.ts";
import { imagesByPolicy } from "./images.ts";
import { materialFrom } from "./material.ts";

/** Entry point of the executor function, inside its image. What it makes on disk stays below the temp folder. */
const environment = executorEnvironment(process.env);
const { MOST_RECEIVES: mostReceives, SIGNING_KEY: signingKey } = environment;
const signer = kmsSigner(signingKey);
const trustedKeys = readTrustedKeys(environment.TRUSTED_KEYS);
const { evidence, published, taskQueue, queueOf, credentials } = deployed(environment);
const secret = secretsManager();
const telemetry = telemetryOf("executor");
const now = () => new Date();
const workDir = join(tmpdir(), "muster");

let warm: Promise<Auditor> | undefined;
/** The auditor's parent process is kept warm; one that did not start is tried anew. */
function auditor(): Promise<Auditor> {
  warm ??= startAuditor({ workDir, log: (line) => telemetry.logger.warn(line) }).catch((error) => {
    warm = undefined;
    throw error;
  });
  return warm;
}

const connect = clusterConnections({
  record: async (cluster, fresh) =>
    readClusterRecord(await secret(clusterRecordName(environment.DEPLOYMENT, cluster), fresh), cluster),
  mint: (eks) => mintEksToken(eks, { credentials, now }),
});

// It loads InSpec while the runtime client asks for its first task. What goes wrong is told to the scan that needs it.
auditor().catch(() => undefined);

export const handler = executorHandler({
  ...{ evidence, published, taskQueue, auditor, now, mostReceives },
  source: queueOf,
  connect,
  doctor: executorsDoctor({ connect, now }),
  images: imagesByPolicy(secret),
  signer,
  material: materialFrom(published, trusting([signer, ...trustedKeys]), join(workDir, "profiles")),
  attemptId: () => ulid(),
  onProgress: () => undefined,
  ...telemetry,
});
