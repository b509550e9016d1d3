import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";

/** The token server of a registry: tokens for one repository each, for whoever knows the password. */
export class Tokens {
  readonly #login: { readonly username: string; readonly password: string } | undefined;
  readonly #uses: number;
  readonly #issued = new Map<string, { readonly scope: string; left: number }>();

  constructor(login: { readonly username: string; readonly password: string } | undefined, uses: number) {
    this.#login = login;
    this.#uses = uses;
  }

  serve(url: URL, authorization: string | undefined, response: ServerResponse): unknown {
    const { username, password } = this.#login ?? { username: "", password: "" };
    if (authorization !== `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`) {
      response.writeHead(401, { "content-type": "application/json" });
      return response.end(JSON.stringify({ errors: [{ code: "UNAUTHORIZED", message: "wrong name or password" }] }));
    }
    const token = randomBytes(12).toString("base64url");
    this.#issued.set(token, { scope: url.searchParams.get("scope") ?? "", left: this.#uses });
    response.writeHead(200, { "content-type": "application/json" });
    return response.end(JSON.stringify({ token, expires_in: 300 }));
  }

  accepts(authorization: string | undefined, repository: string): boolean {
    const issued = this.#issued.get(/^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "");
    if (issued === undefined || issued.left <= 0 || issued.scope !== `repository:${repository}:pull`) return false;
    issued.left -= 1;
    return true;
  }
}
