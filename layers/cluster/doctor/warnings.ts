import type { Credentials } from "./credentials.ts";
import type { Permission } from "./permissions.ts";
import type { Secured } from "./tls.ts";

const dayMs = 24 * 60 * 60 * 1000;
const certificateWarningMs = 30 * dayMs;
const skewWarningMs = 5_000;
/** A scan has 12 minutes where nothing else is said; EKS tokens never have more than 15 and are made anew. */
const tokenWarningMs = 12 * 60 * 1000;

/** What will soon fail, though it passes now: the client's certificate and token. */
export function credentialWarnings({ certificate, token }: Credentials, now: number): readonly string[] {
  const warnings: string[] = [];
  if (certificate) warnings.push(...expiring("the client certificate", Date.parse(certificate.validTo), now));
  if (token?.issuedAt !== undefined && token.issuedAt > now + skewWarningMs) {
    const ahead = Math.round((token.issuedAt - now) / 1000);
    warnings.push(`clock: the ${token.kind} was issued ${ahead} s in the future of this machine's clock`);
  }
  const left = (token?.expiresAt ?? Number.POSITIVE_INFINITY) - now;
  if (token && token.kind !== "EKS token" && left > 0 && left < tokenWarningMs) {
    warnings.push(`the ${token.kind} expires in ${Math.round(left / 1000)} s: a scan that reconnects later will fail`);
  }
  return warnings;
}

/** The same of the server's certificate. */
export function serverWarnings({ certificate, verified }: Secured, now: number): readonly string[] {
  const unverified = "insecure-skip-tls-verify: nobody checks that this is the API server, and it gets the credentials";
  return [
    ...(verified ? [] : [unverified]),
    ...expiring("the API server's certificate", Date.parse(certificate.valid_to), now),
  ];
}

function expiring(what: string, until: number, now: number): readonly string[] {
  const left = until - now;
  if (!(left > 0 && left < certificateWarningMs)) return [];
  return [`${what} expires in ${Math.floor(left / dayMs)} days, on ${new Date(until).toISOString().slice(0, 10)}`];
}

/** A clock that is off makes certificates and tokens fail that are good. */
export function clockWarnings(skewMs: number | undefined): readonly string[] {
  if (skewMs === undefined || Math.abs(skewMs) <= skewWarningMs) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return [`clock: this machine is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} the API server`];
}

/** Rights that are not needed here and now. */
export function permissionWarnings(permissions: readonly Permission[]): readonly string[] {
  const later = permissions.some(({ verb, needed, allowed }) => verb === "create" && !needed && !allowed);
  return later ? ["create pods/exec is missing: it is not needed here, but will be from Kubernetes 1.35 on"] : [];
}
