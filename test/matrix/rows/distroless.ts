import type { SecurityContextSpec } from "#embedded/cluster/store/objects.ts";
import { hardened, nonRoot, plain, podOf } from "../pod.ts";
import { type End, everyVersion, type MatrixRow } from "../row.ts";

type Level = MatrixRow["level"];

interface Kind {
  readonly id: string;
  readonly words: string;
  readonly securityContext: SecurityContextSpec;
  /** How it ends at each level at which such a pod may be. */
  readonly ends: Readonly<Partial<Record<Level, End>>>;
}

const kinds: readonly Kind[] = [
  {
    ...{ id: "root", words: "root", securityContext: {} },
    ends: { privileged: "toolbox-chroot", baseline: "toolbox-chroot" },
  },
  {
    ...{ id: "non-root", words: "non-root", securityContext: nonRoot },
    ends: { privileged: "toolbox-chroot", baseline: "toolbox-read" },
  },
  {
    ...{ id: "read-only", words: "root, read-only", securityContext: { readOnlyRootFilesystem: true } },
    ends: { privileged: "toolbox-chroot", baseline: "toolbox-chroot" },
  },
  {
    ...{ id: "no-new-privileges", words: "root, no new privileges" },
    securityContext: { allowPrivilegeEscalation: false },
    ends: { privileged: "toolbox-chroot", baseline: "toolbox-chroot" },
  },
  {
    ...{ id: "hardened", words: "non-root, read-only, no new privileges, no capabilities", securityContext: hardened },
    ends: { privileged: "toolbox-chroot", baseline: "toolbox-read", restricted: "toolbox-read" },
  },
];

const images = [
  { id: "distroless", image: "distroless-weak", words: "Distroless" },
  { id: "scratch", image: "scratch", words: "FROM scratch, one static program" },
] as const;

/** These go through every version: an exec that finds no shell is told in other ways by other API servers. */
const inEveryVersion = ["distroless-root-privileged", "distroless-hardened-restricted"];

/** Containers without a shell, in each namespace where such a pod may be. */
export const distrolessRows: readonly MatrixRow[] = images.flatMap(({ id: ofImage, image, words: whatImage }) =>
  kinds
    .filter(({ id }) => ofImage === "distroless" || id === "root" || id === "hardened")
    .flatMap(({ id, words, securityContext, ends }) =>
      Object.entries(ends).map(([level, end]): MatrixRow => {
        const rowId = `${ofImage}-${id}-${level}`;
        return {
          ...{ id: rowId, title: `${whatImage}: ${words}`, policy: "toolbox", ends: end },
          level: level as Level, // a key of `ends`, which Object.entries forgets
          ...(inEveryVersion.includes(rowId) && { versions: everyVersion }),
          pod: podOf([plain(image, { securityContext })]),
        };
      }),
    ),
);
