import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { EmbeddedCloud } from "#embedded/aws/cloud.ts";

type Wire = EmbeddedCloud["requestHandler"];

/** When a process dies: at which of its calls to AWS, and whether AWS still does the work of that call. */
export interface Death {
  readonly call: number;
  readonly worked: boolean;
}

/** One process of a function: clients of its own, which say nothing any more once it is dead. */
export interface Process {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** Resolves when the process dies. */
  readonly died: Promise<"died">;
  kill(): void;
}

export interface ProcessOptions {
  readonly cloud: EmbeddedCloud;
  readonly death?: Death | undefined;
  /** Whether a call that failed is made once more, as the SDK does it, without the SDK's real waiting. */
  readonly patient: boolean;
  /** Turns of the event loop before each call, so that processes get in each other's way. */
  readonly turns: () => number;
}

/** What is left of a dead process may still run to its end here, and reaches nothing on the way. */
const ended = "this process is dead";

export function startProcess({ cloud, death, patient, turns }: ProcessOptions): Process {
  const { promise: died, resolve } = Promise.withResolvers<"died">();
  let calls = 0;
  let dead = false;
  const kill = () => {
    dead = true;
    resolve("died");
  };

  const handle: Wire["handle"] = async (request, options) => {
    for (let left = turns(); left > 0; left -= 1) await new Promise<void>((done) => setImmediate(done));
    calls += 1;
    const last = death !== undefined && calls === death.call;
    if (last && !death.worked) kill();
    if (dead) throw new Error(ended);
    const answer = await cloud.requestHandler
      .handle(request, options)
      .then((given) => (patient && given.response.statusCode >= 500 ? Promise.reject(given) : given))
      .catch((error: unknown) => {
        if (!patient) throw error;
        return cloud.requestHandler.handle(request, options);
      });
    if (last) kill();
    if (dead) throw new Error(ended);
    return answer;
  };
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const requestHandler: Wire = { ...cloud.requestHandler, handle };
  const config = { region: "us-east-1", credentials, requestHandler, maxAttempts: 1 };
  return { s3: new S3Client(config), sqs: new SQSClient(config), died, kill };
}
