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
}

const BEHAVIOURS: Readonly<Record<KubernetesVersion, VersionBehaviour>> = {
  "1.27": { ...numbered("1.27.16"), translatesV5: false, upgradeNeedsCreate: false, reviewsSelf: false },
  "1.31": { ...numbered("1.31.9"), translatesV5: true, upgradeNeedsCreate: false, reviewsSelf: true },
  "1.36": { ...numbered("1.36.0"), translatesV5: true, upgradeNeedsCreate: true, reviewsSelf: true },
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
