import { readBody, type WireRequest, type WireResponse } from "./wire.ts";

/** Secrets of this process, by name. */
export interface Secrets {
  /** Makes a secret, or gives it another value. Without a value it is there and empty. */
  put(name: string, value?: string): void;
  answer(operation: string, request: WireRequest, requestId: string): Promise<WireResponse>;
}

/** GetSecretValue (Secrets Manager API reference); an empty secret is answered like one that is not there. */
export function secrets(): Secrets {
  const values = new Map<string, string | undefined>();
  return {
    put: (name, value) => void values.set(name, value),
    async answer(operation, request, requestId) {
      const json = (statusCode: number, output: object): WireResponse => ({
        statusCode,
        headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId },
        body: Buffer.from(JSON.stringify(output), "utf8"),
      });
      if (operation !== "GetSecretValue") return json(400, { __type: "UnknownOperationException" });
      const body = Buffer.from(await readBody(request.body)).toString("utf8");
      const { SecretId = "" } = JSON.parse(body) as { SecretId?: string }; // a name that is not there is refused below
      const value = values.get(SecretId);
      if (value !== undefined) return json(200, { Name: SecretId, SecretString: value, VersionStages: ["AWSCURRENT"] });
      const message = values.has(SecretId)
        ? "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"
        : "Secrets Manager can't find the specified secret.";
      return json(400, { __type: "ResourceNotFoundException", message });
    },
  };
}
