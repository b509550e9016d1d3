/** The Kubernetes behaviours that can be played. */
export type KubernetesVersion = "1.27" | "1.31" | "1.36";

/** What differs between them, for those who talk to the API. */
export interface VersionBehaviour {
  readonly gitVersion: string;
  readonly major: string;
  readonly minor: string;
  /** True: v5 is translated by the API server, and errors behind it come as status frames after 101. */
  readonly translatesV5: boolean;
  /** True: a WebSocket upgrade of pods/exec also needs the verb create (gate AuthorizePodWebsocketUpgradeCreatePermission). */
  readonly upgradeNeedsCreate: boolean;
  /** True: SelfSubjectReview is served as authentication.k8s.io/v1, which is so from 1.28 on. */
  readonly reviewsSelf: boolean;
  /** True: Pod Security Admission lets a pod with a user namespace of its own run as root (KEP-127). */
  readonly relaxesForUserNamespaces: boolean;
}

/** What came after 1.31. */
const lacks = { upgradeNeedsCreate: false, relaxesForUserNamespaces: false };

const BEHAVIOURS: Readonly<Record<KubernetesVersion, VersionBehaviour>> = {
  "1.27": { ...numbered("1.27.16"), ...lacks, reviewsSelf: false, translatesV5: false },
  "1.31": { ...numbered("1.31.9"), ...lacks, reviewsSelf: true, translatesV5: true },
  "1.36": {
    ...{ ...numbered("1.36.0"), reviewsSelf: true, translatesV5: true },
    ...{ upgradeNeedsCreate: true, relaxesForUserNamespaces: true },
  },
};

export function behaviourOf(version: KubernetesVersion): VersionBehaviour {
  return BEHAVIOURS[version];
}

export function isKubernetesVersion(text: string): text is KubernetesVersion {
  return Object.hasOwn(BEHAVIOURS, text);
}

function numbered(full: string) {
  const [major = "", minor = ""] = full.split(".");
  return { gitVersion: `v${full}`, major, minor };
}
