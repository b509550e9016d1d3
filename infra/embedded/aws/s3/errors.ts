import type { WireResponse } from "../wire.ts";
import { element, xmlDocument } from "./xml.ts";

/** What S3 refuses, with the code and status that S3 gives (S3 API reference, ErrorResponses). */
export class S3Error extends Error {
  override readonly name = "S3Error";
  readonly code: string;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(statusCode: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.headers = headers;
  }
}

export function noSuchKey(headers: Readonly<Record<string, string>> = {}): S3Error {
  return new S3Error(404, "NoSuchKey", "The specified key does not exist.", headers);
}

export function preconditionFailed(): S3Error {
  return new S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
}

export function accessDenied(): S3Error {
  return new S3Error(403, "AccessDenied", "Access Denied");
}

export function notImplemented(what: string): S3Error {
  return new S3Error(501, "NotImplemented", `The embedded S3 does not have ${what}.`);
}

/** The error as XML. An answer to HEAD, and a 304, carries no body. */
export function s3ErrorResponse(error: S3Error, method: string, requestId: string): WireResponse {
  const empty = method === "HEAD" || error.statusCode === 304;
  const fields = element("Code", error.code) + element("Message", error.message) + element("RequestId", requestId);
  return {
    statusCode: error.statusCode,
    headers: { "content-type": "application/xml", "x-amz-request-id": requestId, ...error.headers },
    body: empty ? new Uint8Array() : xmlDocument(`<Error>${fields}</Error>`),
  };
}
