import { createPublicKey } from "node:crypto";
import * as z from "zod";

/** Whether an IPv4 range names an address within itself, which EC2 refuses or silently changes. */
function hostBits(cidr: string): boolean {
  const [address = "", length = ""] = cidr.split("/");
  const bits = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return bits % 2 ** (32 - Number(length)) !== 0;
}

/** Small values of the context, each with the message that names what it must be. */
export const Cidr = z
  .cidrv4("must be an IPv4 range such as 10.20.0.0/16")
  .refine((cidr) => !hostBits(cidr), "has bits set below its length: 10.20.0.0/16, not 10.20.1.1/16")
  .refine((cidr) => Number(cidr.split("/")[1]) >= 8, "is too wide: at least /8, since traffic is allowed to all of it");

export const Ip = z.ipv4("must be an IPv4 address");
export const AccountId = z.string().regex(/^\d{12}$/, "must be the 12 digits of an AWS account");

/** An ARN of one service, such as `arn:aws:sns:eu-central-1:111122223333:topic`. */
export const arnOf = (service: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:`), `must be an ARN of ${service}`);

/** An id that AWS gives to a resource, such as `vpc-0a1b…`. */
export const idOf = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `must be an id such as ${prefix}-0123456789abcdef0`);

/** Days that CloudWatch Logs knows as a retention. */
export const logDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653] as const;

export const distinctBy = <T>(key: (value: T) => string) =>
  [(values: readonly T[]) => new Set(values.map(key)).size === values.length, "must not name anything twice"] as const;

/** A P-256 public key: base64 of its SubjectPublicKeyInfo in DER, 124 characters. */
export const TrustedKey = z
  .base64("must be base64 of a P-256 public key")
  .max(200, "must be base64 of a P-256 public key")
  .refine((text) => {
    try {
      const key = createPublicKey({ key: Buffer.from(text, "base64"), type: "spki", format: "der" });
      return key.asymmetricKeyDetails?.namedCurve === "prime256v1";
    } catch {
      return false;
    }
  }, "must be base64 of a P-256 public key");
