import { createHash, createHmac } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { mintEksToken } from "#aws/eks-token.ts";
import { secretsManager } from "#aws/secrets.ts";
import { embeddedCloud } from "#embedded/aws/cloud.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

describe("a secret", () => {
  function vault() {
    const cloud = embeddedCloud();
    let time = 0;
    const { requestHandler } = cloud;
    const client = new SecretsManagerClient({ region: "us-east-1", credentials, requestHandler, maxAttempts: 1 });
    const wait = (minutes: number) => {
      time += minutes * 60_000;
    };
    return { cloud, wait, read: secretsManager(() => time, client) };
  }

  it("is asked for again after five minutes, and before only when it must be fresh", async () => {
    const { cloud, wait, read } = vault();
    cloud.putSecret("s", "1");
    expect(await read("s", false)).toBe("1");
    cloud.putSecret("s", "2");
    wait(4.9);
    expect(await read("s", false)).toBe("1");
    expect(await read("s", true)).toBe("2");
    cloud.putSecret("s", "3");
    wait(5);
    expect(await read("s", false)).toBe("3");
  });

  it.each(["is not there", "is empty"])("that %s says what to do, as unauthenticated", async (state) => {
    const { cloud, read } = vault();
    if (state === "is empty") cloud.putSecret("s");
    await expect(read("s", false)).rejects.toMatchObject({
      code: "unauthenticated",
      message: expect.stringContaining("docs/onboarding.md"),
    });
  });

  it("that cannot be read for the moment is not kept as a failure", async () => {
    const { cloud, read } = vault();
    cloud.putSecret("s", "1");
    cloud.fault({ operation: "GetSecretValue", effect: "fail" });
    await expect(read("s", false)).rejects.toThrow();
    expect(await read("s", false)).toBe("1");
  });
});

/** Signature Version 4 by the book (IAM guide, "Create a signed request"), for a GET without a body. */
function signatureOf(url: URL, headers: Readonly<Record<string, string>>): string {
  const date = url.searchParams.get("X-Amz-Date") ?? "";
  const [, ...scope] = (url.searchParams.get("X-Amz-Credential") ?? "").split("/");
  const encode = (text: string) =>
    encodeURIComponent(text).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = [...url.searchParams].filter(([name]) => name !== "X-Amz-Signature");
  const canonical = [
    ...[
      "GET",
      "/",
      query
        .map((pair) => pair.map(encode).join("="))
        .toSorted()
        .join("&"),
    ],
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    ...["", Object.keys(headers).join(";"), createHash("sha256").digest("hex")],
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", date, scope.join("/"), createHash("sha256").update(canonical).digest("hex")];
  const sign = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const key = scope.reduce<string | Buffer>((signed, part) => sign(signed, part), `AWS4${credentials.secretAccessKey}`);
  return sign(key, text.join("\n")).toString("hex");
}

describe("a token for EKS", () => {
  it("is a presigned call to the region's own STS, good for 60 s, bound to the cluster's name by a signed header", async () => {
    const eks = { name: "apps-01", region: "eu-central-1" };
    const ports = { credentials: async () => credentials, now: () => new Date("2026-11-24T03:00:00Z") };
    const token = await mintEksToken(eks, ports);
    const [prefix, encoded = ""] = token.split(/(?<=^k8s-aws-v1)\./);
    expect(prefix).toBe("k8s-aws-v1");
    expect(encoded).toMatch(/^[A-Za-z0-9_-]+$/); // base64url without padding, or EKS refuses it
    const url = new URL(Buffer.from(encoded, "base64url").toString());
    expect(url.origin).toBe("https://sts.eu-central-1.amazonaws.com");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: "GetCallerIdentity",
      Version: "2011-06-15",
      "X-Amz-Expires": "60",
      "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
      "X-Amz-Credential": "AKIDEXAMPLE/20261124/eu-central-1/sts/aws4_request",
    });
    const headers = { host: "sts.eu-central-1.amazonaws.com", "x-k8s-aws-id": "apps-01" };
    expect(url.searchParams.get("X-Amz-Signature")).toBe(signatureOf(url, headers));
    expect(url.searchParams.get("X-Amz-Signature")).not.toBe(signatureOf(url, { ...headers, "x-k8s-aws-id": "other" }));
  });
});
