import * as z from "zod";

/** RFC 1123 label: what Kubernetes accepts as a namespace or container name. */
export const LabelName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "must be a Kubernetes name: a-z, 0-9 and '-', at most 63 characters");

/** RFC 1123 subdomain: what Kubernetes accepts as a pod name; static pods carry their node's dots. */
export const SubdomainName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    "must be a Kubernetes pod name: dotted labels of a-z, 0-9 and '-', at most 253 characters",
  );

/** Names that muster gives: clusters, profiles, input and waiver sets. They become queue names and S3 keys. */
export const RegisteredName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "must be a-z, 0-9 and '-', at most 63 characters");

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");

/** 128 bits of a SHA-256, in lower-case hexadecimal: scan and task ids. */
export const HexId = z.string().regex(/^[0-9a-f]{32}$/, "must be 32 hexadecimal digits");

/** RFC 3339 in UTC, as `Date.toISOString` writes it. */
export const UtcTime = z.iso.datetime();
