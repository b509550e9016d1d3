import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";

export interface EksTokenPorts {
  /** The credentials of this process, as an SDK client finds them. */
  readonly credentials: () => Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }>;
  readonly now: () => Date;
}

/** How long the signed URL may be used to prove who we are; the token itself is good for 15 minutes then. */
const expiresInSeconds = 60;

/**
 * A bearer token for an EKS cluster: a presigned GetCallerIdentity of the region's own STS, with the cluster's name among the
 * signed headers (aws-iam-authenticator, "API Authorization from Outside a Cluster"). Nothing is sent to STS from here.
 */
export async function mintEksToken(eks: { readonly name: string; readonly region: string }, ports: EksTokenPorts) {
  const hostname = `sts.${eks.region}.amazonaws.com`;
  const signer = new SignatureV4({
    ...{ service: "sts", region: eks.region, credentials: ports.credentials, sha256: NodeSha256 },
    applyChecksum: false,
  });
  const signed = await signer.presign(
    {
      ...{ method: "GET", protocol: "https:", hostname, path: "/" },
      headers: { host: hostname, "x-k8s-aws-id": eks.name },
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
    },
    {
      expiresIn: expiresInSeconds,
      signingDate: ports.now(),
      unhoistableHeaders: new Set(["x-k8s-aws-id"]), // the server sends the header itself; in the URL it would not count
    },
  );
  const query = Object.entries(signed.query ?? {}).map(([name, value]) => [name, String(value)]);
  const url = `https://${hostname}/?${query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&")}`;
  return `k8s-aws-v1.${Buffer.from(url).toString("base64url")}`;
}

/** Node's own SHA-256 in the form that the signer asks for. */
class NodeSha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", asKey(secret));
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  /** The signer makes a new one for each digest. */
  reset(): void {}
}

function asKey(secret: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof secret === "string") return secret;
  return ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
}
