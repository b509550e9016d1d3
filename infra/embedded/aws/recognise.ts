import { type Route, routeS3 } from "./s3/route.ts";
import { readQuery } from "./sqs/query-input.ts";
import { readBody, type WireRequest } from "./wire.ts";

/** Which service a request is meant for, and which of its operations. */
export type Recognised =
  | { readonly service: "s3"; readonly operation: string; readonly route: Route }
  | { readonly service: "events"; readonly operation: string }
  | { readonly service: "secrets"; readonly operation: string }
  | { readonly service: "kms"; readonly operation: string }
  | {
      readonly service: "sqs";
      readonly operation: string;
      readonly protocol: "json" | "query";
      /** Members of the request; `undefined` when its body is no JSON. */
      readonly members: unknown;
    };

const TARGETS: Readonly<Record<string, "sqs" | "events" | "secrets" | "kms">> = {
  AmazonSQS: "sqs",
  AWSEvents: "events",
  secretsmanager: "secrets",
  TrentService: "kms",
};

/** Tells services apart by what their protocols put into a request: a target header, a form, or neither (S3). */
export async function recognise(request: WireRequest): Promise<Recognised> {
  const [target = "", operation] = (request.headers["x-amz-target"] ?? "").split(".");
  const service = TARGETS[target];
  if (operation !== undefined && service === "sqs") {
    return { service, operation, protocol: "json", members: parsed(await text(request)) };
  }
  if (operation !== undefined && service !== undefined && service !== "sqs") return { service, operation };
  if (
    request.method === "POST" &&
    /^application\/x-www-form-urlencoded\b/.test(request.headers["content-type"] ?? "")
  ) {
    const query = readQuery(await text(request));
    if (query !== undefined) {
      return { service: "sqs", operation: query.action, protocol: "query", members: query.members };
    }
  }
  const route = routeS3(request);
  return { service: "s3", operation: route.operation, route };
}

async function text(request: WireRequest): Promise<string> {
  return Buffer.from(await readBody(request.body)).toString("utf8");
}

function parsed(json: string): unknown {
  try {
    return json === "" ? {} : JSON.parse(json);
  } catch {
    return undefined; // SQS refuses it as it refuses anything that is no object
  }
}
