import { qualifiedName, type Resource } from "../store/resources.ts";

/** A metav1.Status as the body of a refusal. */
export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: object;
  readonly status: "Failure" | "Success";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: object;
  readonly code: number;
}

/** A request refused as the API server refuses it. `plain` bodies are what a kubelet or runtime sends instead of a Status. */
export class ApiError extends Error {
  readonly code: number;
  readonly body: Status | string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: number, body: Status | string, headers: Readonly<Record<string, string>> = {}) {
    super(typeof body === "string" ? body : (body.message ?? ""));
    this.name = "ApiError";
    this.code = code;
    this.body = body;
    this.headers = headers;
  }
}

export function statusBody(code: number, reason: string, message: string, details?: object): Status {
  return {
    ...{ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason },
    ...(details === undefined ? {} : { details }),
    code,
  };
}

const refusal = (code: number, reason: string, message: string, details?: object): ApiError =>
  new ApiError(code, statusBody(code, reason, message, details));

const detailsOf = (resource: Resource, name: string): object => ({
  ...(name === "" ? {} : { name }),
  ...(resource.group === "" ? {} : { group: resource.group }),
  kind: resource.plural,
});

export const unauthorized = (): ApiError => refusal(401, "Unauthorized", "Unauthorized");

export const badRequest = (message: string): ApiError => refusal(400, "BadRequest", message);

export const notFound = (resource: Resource, name: string): ApiError =>
  refusal(404, "NotFound", `${qualifiedName(resource)} "${name}" not found`, detailsOf(resource, name));

/** What the API server says of a path that it does not serve. */
export const noSuchPath = (): ApiError =>
  refusal(404, "NotFound", "the server could not find the requested resource", {});

export const methodNotAllowed = (): ApiError =>
  refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});

export const alreadyExists = (resource: Resource, name: string): ApiError =>
  refusal(409, "AlreadyExists", `${qualifiedName(resource)} "${name}" already exists`, detailsOf(resource, name));

export const conflict = (resource: Resource, name: string): ApiError =>
  refusal(
    ...([409, "Conflict"] as const),
    `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    detailsOf(resource, name),
  );

export const expired = (message: string): ApiError => refusal(410, "Expired", message);

export const unsupportedMediaType = (): ApiError =>
  refusal(
    ...([415, "UnsupportedMediaType"] as const),
    "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml",
    {},
  );

/** One field fault of a 422: reason as in field.ErrorType (FieldValueInvalid, FieldValueForbidden …). */
export interface FieldFault {
  readonly field: string;
  readonly reason: string;
  readonly message: string;
}

export function invalid(kind: string, group: string, name: string, faults: readonly FieldFault[]): ApiError {
  const texts = faults.map((fault) => `${fault.field}: ${fault.message}`);
  const joined = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const qualified = group === "" ? kind : `${kind}.${group}`;
  return refusal(422, "Invalid", `${qualified} "${name}" is invalid: ${joined}`, {
    ...{ name, ...(group === "" ? {} : { group }), kind },
    causes: faults.map(({ field, reason, message }) => ({ reason, message, field })),
  });
}

/** 403 for one resource; `why` is the authoriser's or the admission plugin's text. */
export const forbidden = (resource: Resource, name: string, why: string): ApiError =>
  refusal(
    ...([403, "Forbidden"] as const),
    name === ""
      ? `${qualifiedName(resource)} is forbidden: ${why}`
      : `${qualifiedName(resource)} "${name}" is forbidden: ${why}`,
    detailsOf(resource, name),
  );

export const forbiddenPath = (user: string, verb: string, path: string): ApiError =>
  refusal(403, "Forbidden", `forbidden: User "${user}" cannot ${verb} path "${path}"`, {});
