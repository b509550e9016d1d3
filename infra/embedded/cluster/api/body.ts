import type { IncomingMessage } from "node:http";
import { parse } from "yaml";
import { badRequest, unsupportedMediaType } from "./status.ts";

const LIMIT_BYTES = 3 * 1024 * 1024; // the API server's own limit for a request body

/** The request's body as an object, from JSON or YAML. Throws 400 or 415 (protobuf is not decoded here). */
export async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const type = request.headers["content-type"]?.split(";")[0]?.trim() ?? "application/json";
  if (!/^application\/(json|yaml|(strategic-merge-patch|merge-patch|apply-patch)\+(json|yaml))$/.test(type)) {
    throw unsupportedMediaType();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LIMIT_BYTES) throw badRequest(`Request entity too large: limit is ${LIMIT_BYTES}`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (text === "") return {};
  try {
    const value: unknown = type.endsWith("yaml") ? parse(text) : JSON.parse(text);
    // JSON objects have string keys; nothing is known of the values yet.
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw badRequest(`the object provided is unrecognized (must be of type Object): ${String(cause)}`);
  }
  throw badRequest("the object provided is unrecognized (must be of type Object)");
}
