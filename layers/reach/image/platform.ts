import type { V1Pod } from "@kubernetes/client-node";
import type { Platform } from "./stored/parts.ts";

const label = "kubernetes.io/arch";

/** What a pod says of the node that it runs on: the one architecture that its selector or required affinity leaves. */
export function platformOf({ spec }: V1Pod): Platform {
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  // Any one of the terms is enough for a node, so each of them has to say it.
  const wanted = terms.map(({ matchExpressions = [] }) =>
    matchExpressions.find(({ key, operator }) => key === label && operator === "In")?.values?.join(),
  );
  const required = new Set(wanted).size === 1 ? wanted[0] : undefined;
  const architecture = spec?.nodeSelector?.[label] ?? (required?.includes(",") === true ? undefined : required);
  return { os: "linux", architecture };
}
