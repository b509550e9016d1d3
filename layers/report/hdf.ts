import { ScanError } from "#contract/errors.ts";
import type { HdfControl } from "./hdf-control.ts";
import { readControl } from "./hdf-control.ts";
import { asText, fieldOf, type JsonObject, needObject, needObjects, needText, unreadable } from "./json.ts";
import { linkControls } from "./overlay.ts";

/** One profile of the report. In an overlay run each child names its parent. */
export interface HdfProfile {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly sha256: string;
  readonly parent: string | undefined;
  /** `loaded`, `skipped` or `failed` where the auditor says it. */
  readonly status: string;
  readonly statusMessage: string;
  readonly controls: readonly HdfControl[];
}

/** The auditor's own JSON ("InSpec exec JSON", "HDF v1"), read. */
export interface Hdf {
  readonly platform: { readonly name: string; readonly release: string };
  /** Of the auditor. */
  readonly version: string;
  /** The profile that was asked for. */
  readonly profile: HdfProfile;
  readonly profiles: readonly HdfProfile[];
  /** Each control once: those that nobody extends, as their root copy has them, which alone has the results. */
  readonly controls: readonly HdfControl[];
}

/**
 * Reads the auditor's report. Strict about what a verdict rests on (profiles, ids, impacts, results), tolerant about the
 * rest. Throws a ScanError: `auditor-crashed` when it cannot be read, `profile-invalid` or `profile-mismatch` when the
 * auditor itself says that the profile did not run.
 */
export function readHdf(bytes: Uint8Array): Hdf {
  const root = needObject(parse(bytes), "the document");
  const profiles = needObjects(fieldOf(root, "profiles"), "profiles").map(readProfile);
  const profile = profiles.find(({ parent }) => parent === undefined) ?? profiles[0];
  if (profile === undefined) throw unreadable("profiles", "must name at least one profile");
  requireLoaded(profile);
  const platform = needObject(fieldOf(root, "platform"), "platform");
  return {
    platform: { name: asText(fieldOf(platform, "name")), release: asText(fieldOf(platform, "release")) },
    version: asText(fieldOf(root, "version")),
    profile,
    profiles,
    controls: linkControls(profiles),
  };
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw unreadable("the document", "is empty");
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unreadable("the document", `is not JSON (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
}

function readProfile(profile: JsonObject, index: number): HdfProfile {
  const name = needText(fieldOf(profile, "name"), `profiles[${index}].name`);
  const controls = needObjects(fieldOf(profile, "controls"), `profiles[${index}].controls`);
  return {
    name,
    version: asText(fieldOf(profile, "version")),
    title: asText(fieldOf(profile, "title")),
    sha256: asText(fieldOf(profile, "sha256")),
    parent: asText(fieldOf(profile, "parent_profile")) || undefined,
    status: asText(fieldOf(profile, "status")),
    statusMessage: asText(fieldOf(profile, "status_message")) || asText(fieldOf(profile, "skip_message")),
    controls: controls.map((control, at) => readControl(control, `profiles[${index}].controls[${at}]`)),
  };
}

/** A profile that did not run leaves a report without controls, and nothing is wrong in an empty list. */
function requireLoaded({ name, status, statusMessage }: HdfProfile): void {
  const words = statusMessage === "" ? "" : `: ${statusMessage}`;
  if (status === "failed") throw new ScanError("profile-invalid", `the auditor could not load ${name}${words}`);
  if (status === "skipped") throw new ScanError("profile-mismatch", `the auditor skipped ${name}${words}`);
}
