import * as z from "zod";
import { abortError, ScanError } from "#contract/errors.ts";
import { readChallenge } from "./challenge.ts";
import { failure, request } from "./http.ts";
import type { RegistryLogin } from "./pull-secret.ts";
import { refusedBy } from "./refusal.ts";
import { shortText } from "./short-text.ts";

/** What goes with each request from now on. */
export interface SignedIn {
  readonly authorization: string;
}

export interface SignInRequest {
  /** The registry's `WWW-Authenticate`. */
  readonly challenge: string | null;
  readonly login: RegistryLogin | undefined;
  readonly registry: URL;
  readonly repository: string;
  /** What the registry has just refused. */
  readonly before: SignedIn | undefined;
  readonly signal: AbortSignal;
}

/** A token server names its token in one of two ways. */
const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() });
const largestToken = 64 * 1024;

/**
 * Gets what a registry's challenge asks for: a token that may pull this repository (distribution, "Token Authentication"
 * and "OAuth2"), anonymously where there is no login, or the login itself. The password goes to the token server that the
 * registry names, over https unless the registry is this machine.
 */
export async function signIn(asked: SignInRequest): Promise<SignedIn> {
  const { login, registry, before } = asked;
  const challenge = readChallenge(asked.challenge);
  if (challenge === undefined) throw refused(registry, "does not say how to sign in");
  if (challenge.scheme === "basic") {
    if (login === undefined) throw refused(registry, "wants a login, and none is given for it");
    const authorization = basic(login);
    if (before?.authorization === authorization) throw refused(registry, "does not accept the login");
    return { authorization };
  }
  const realm = URL.parse(challenge.realm);
  if (realm === null || (realm.protocol !== "https:" && registry.protocol === "https:")) {
    throw refused(registry, `sends for a token to ${JSON.stringify(challenge.realm.slice(0, 100))}`);
  }
  // Only what is read is asked for, whatever the challenge says.
  const wanted = { service: challenge.service ?? "", scope: `repository:${asked.repository}:pull` };
  const token = await (login?.refreshToken === undefined
    ? byGet(realm, wanted, login, asked.signal)
    : byRefresh(realm, wanted, login.refreshToken, asked.signal));
  return { authorization: `Bearer ${token}` };
}

interface TokenScope {
  readonly service: string;
  readonly scope: string;
}

function byGet(realm: URL, wanted: TokenScope, login: RegistryLogin | undefined, signal: AbortSignal): Promise<string> {
  const url = new URL(realm);
  if (wanted.service !== "") url.searchParams.set("service", wanted.service);
  url.searchParams.set("scope", wanted.scope);
  return tokenFrom(url, { headers: login === undefined ? {} : { authorization: basic(login) }, signal });
}

function byRefresh(url: URL, wanted: TokenScope, refreshToken: string, signal: AbortSignal): Promise<string> {
  const fields = { grant_type: "refresh_token", refresh_token: refreshToken, client_id: "muster", ...wanted };
  return tokenFrom(url, { form: new URLSearchParams(fields), signal });
}

async function tokenFrom(
  url: URL,
  rest: { headers?: Record<string, string>; form?: URLSearchParams; signal: AbortSignal },
): Promise<string> {
  const answer = await request({ url, ...rest });
  if (!answer.ok) throw await refusedBy(answer, url);
  const text = await shortText(answer, largestToken + 1).catch((error: unknown) => {
    if (rest.signal.aborted) throw abortError(rest.signal, "signing in at a registry");
    throw failure(error, url);
  });
  const { token: own, access_token: other } = readToken(text);
  const token = own ?? other;
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token)) throw refused(url, "gives no token");
  return token;
}

function readToken(text: string): z.infer<typeof Token> {
  if (text.length > largestToken) return {};
  try {
    return Token.parse(JSON.parse(text));
  } catch {
    return {}; // its cause could quote a secret
  }
}

const basic = ({ username, password }: RegistryLogin) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

const refused = ({ host }: URL, words: string) =>
  new ScanError("unauthenticated", `${host} ${words}; check the pull secret`);
