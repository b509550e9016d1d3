import type { Connection } from "#cluster/connection.ts";
import { openEndpoint } from "./aws/endpoint.ts";
import { startLocal } from "./run.ts";

export interface ServeOptions {
  /** Folder of the embedded S3, such as `muster scan --out` writes. */
  readonly store: string;
  /** Folder for sockets, unpacked profiles and the functions' log. */
  readonly workDir: string;
  /** Whose requests are carried out. Without any, requests wait on their queue. */
  readonly clusters: ReadonlyMap<string, () => Promise<Connection>>;
  /** Port on the loopback; 0 for any free one. */
  readonly port: number;
  /** The access key that requests must be signed with. Signatures are not verified: the key's id is the password. */
  readonly accessKeyId: string;
}

export interface Served {
  readonly url: string;
  readonly requestQueueUrl: string;
  stop(): Promise<void>;
}

/** The embedded cloud with muster's own functions in it, for other programs of this machine. */
export async function serveLocal({ port, accessKeyId, ...options }: ServeOptions): Promise<Served> {
  const endpoint = await openEndpoint({ port, accessKeyId });
  try {
    const muster = await startLocal({ ...options, queueUrls: endpoint.url });
    endpoint.serve(muster);
    return {
      url: endpoint.url,
      requestQueueUrl: muster.requestQueueUrl,
      async stop() {
        await endpoint.close();
        await muster.stop();
      },
    };
  } catch (error) {
    await endpoint.close();
    throw error;
  }
}
