import * as z from "zod";
import { ScanError } from "#contract/errors.ts";
import { knownAs } from "./reference.ts";

/** How to sign in at a registry. `refreshToken` stands for both others where it is there. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
  readonly refreshToken?: string | undefined;
}

/** `.dockerconfigjson` of a secret of type kubernetes.io/dockerconfigjson. */
const DockerConfig = z.object({
  auths: z.record(
    z.string(),
    z.object({
      auth: z.string().optional(),
      username: z.string().optional(),
      password: z.string().optional(),
      identitytoken: z.string().optional(),
    }),
  ),
});

/**
 * The login for a repository, chosen as the kubelet does: an entry names a host, with a star for any one label and
 * perhaps with a path, and the longest that fits wins. Undefined where none fits. The message of an error never holds
 * anything of the secret.
 */
export function loginFor(secret: string, host: string, repository: string): RegistryLogin | undefined {
  const fitting = Object.entries(parse(secret).auths)
    .map(([key, login]) => [placeOf(key), login] as const)
    .filter(([place]) => fits(place, host, repository))
    .sort(([one], [other]) => other.length - one.length);
  const entry = fitting[0]?.[1];
  if (entry === undefined) return undefined;
  const { auth = "", username, password, identitytoken } = entry;
  const decoded = Buffer.from(auth, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return {
    username: username ?? decoded.slice(0, Math.max(0, colon)),
    password: password ?? decoded.slice(colon + 1),
    ...(identitytoken && { refreshToken: identitytoken }),
  };
}

function parse(secret: string) {
  try {
    return DockerConfig.parse(JSON.parse(secret));
  } catch {
    // Its cause would quote the secret.
    throw new ScanError("bad-request", "the pull secret is no .dockerconfigjson");
  }
}

/** Entries of older clients have a scheme before the host and the API's version behind it. */
const placeOf = (key: string) =>
  key
    .replace(/^https?:\/\//, "")
    .replace(/\/v[12]\/?$/, "")
    .replace(/\/$/, "");

function fits(place: string, host: string, repository: string): boolean {
  const [pattern = "", ...path] = place.split("/");
  const [labels, wanted] = [knownAs(pattern).split("."), host.split(".")];
  const sameHost =
    labels.length === wanted.length && labels.every((label, at) => label === "*" || label === wanted[at]);
  return sameHost && path.every((name, at) => repository.split("/")[at] === name);
}
