import type { Identity } from "./identity.ts";
import type { RequestInfo } from "./request-info.ts";
import { ApiError, statusBody } from "./status.ts";

/** 403 as the RBAC authoriser words it: who may not do what to which resource of which API group, and where. */
export function denial(info: RequestInfo, user: Identity): ApiError {
  const { group, plural, subresource, name, namespace, verb } = info;
  const qualified = group === "" ? plural : `${plural}.${group}`;
  const resource = subresource === "" ? plural : `${plural}/${subresource}`;
  const where = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const why = `User "${user.username}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  const subject = name === "" ? qualified : `${qualified} "${name}"`;
  const details = { ...(name === "" ? {} : { name }), ...(group === "" ? {} : { group }), kind: plural };
  return new ApiError(403, statusBody(403, "Forbidden", `${subject} is forbidden: ${why}`, details));
}
