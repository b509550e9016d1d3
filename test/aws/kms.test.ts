import { verify } from "node:crypto";
import { KMSClient } from "@aws-sdk/client-kms";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kmsSigner } from "#aws/kms.ts";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { pemOf } from "#signing/public-key.ts";

const cloud = embeddedCloud();
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const client = new KMSClient({
  region: "us-east-1",
  credentials,
  requestHandler: cloud.requestHandler,
  maxAttempts: 1,
});
const arn = cloud.createSigningKey();

describe("a KMS key as a signer", () => {
  it("signs messages of any length so that node:crypto verifies them", async () => {
    const signer = kmsSigner(arn, client);
    const pem = pemOf(await signer.publicKey());
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 10_000 }), async (message) => {
        expect(verify("sha256", message, pem, await signer.sign(message))).toBe(true);
      }),
    );
  });

  it("asks for its public half once", async () => {
    const signer = kmsSigner(arn, client);
    await signer.publicKey();
    const away = cloud.fault({ operation: "GetPublicKey", effect: "fail" });
    await expect(signer.publicKey()).resolves.toHaveProperty("keyId");
    away();
  });

  it("asks again after trouble, which is ours and passes", async () => {
    const signer = kmsSigner(arn, client);
    const away = cloud.fault({ operation: "GetPublicKey", effect: "fail" });
    await expect(signer.publicKey()).rejects.toMatchObject({ code: "internal", retryable: true });
    away();
    await expect(signer.publicKey()).resolves.toHaveProperty("keyId");
  });

  it("that is not there is named, and not tried again", async () => {
    const signer = kmsSigner("arn:aws:kms:us-east-1:000000000000:key/none", client);
    await expect(signer.sign(Buffer.from("x"))).rejects.toMatchObject({
      code: "internal",
      retryable: false,
      message: expect.stringContaining("key/none"),
    });
  });
});
