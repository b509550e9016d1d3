import { addEphemeral } from "../ephemeral.ts";
import { plain, podOf } from "../pod.ts";
import type { MatrixRow } from "../row.ts";

const row = { level: "privileged", pod: podOf([plain("distroless")]) } as const;
const denied =
  'admission webhook "policy.example.test" denied the request: ephemeral containers are not allowed in this namespace';

/** A container without a shell, where the toolbox may not or cannot be. */
export const toolboxRows: readonly MatrixRow[] = [
  {
    ...{ ...row, id: "toolbox-not-allowed", title: "Distroless, and nothing may be added to pods", ends: "no-shell" },
  },
  {
    ...{ ...row, id: "toolbox-not-asked", title: "Distroless, and the request says never", ends: "no-shell" },
    ...{ policy: "toolbox", options: { toolbox: "never" } },
  },
  {
    ...{ ...row, id: "toolbox-elsewhere", title: "Distroless, in a namespace that is not on the list" },
    ...{ policy: "elsewhere", ends: "no-shell" },
  },
  {
    ...{ ...row, id: "toolbox-absent", title: "Distroless, and the toolbox image cannot be pulled" },
    ...{ policy: "absent", ends: "toolbox-image" },
  },
  {
    ...{ ...row, id: "toolbox-unfit", title: "Distroless, and the toolbox image holds no toolbox" },
    ...{ policy: "unfit", ends: "toolbox-refused" },
  },
  {
    ...{ ...row, id: "webhook", title: "Distroless, and an admission webhook refuses ephemeral containers" },
    ...{ policy: "toolbox", ends: "toolbox-refused", shown: "played by the embedded API" },
    before: ({ cluster, pod, atEnd }) => {
      const match = ({ method, url }: { readonly method: string; readonly url: string }) =>
        method === "PATCH" && url.includes(`/pods/${pod}/ephemeralcontainers`);
      const body = { reason: "Forbidden", message: denied };
      atEnd(cluster.faults.add({ match, respond: { code: 403, body } }));
    },
  },
  {
    ...{ ...row, id: "five-toolboxes", title: "Distroless, and five toolboxes that have ended are in the pod" },
    ...{ policy: "toolbox", ends: "toolbox-refused" },
    before: (stage) => {
      const ended = [1, 2, 3, 4, 5].map((at) =>
        plain("busybox", { name: `muster-toolbox-0-${at}`, command: ["/bin/true"] }),
      );
      return addEphemeral(stage, ended, "terminated");
    },
  },
];
