import { asText, asTexts, fieldOf, isObject, type JsonObject, needObjects, needText, unreadable } from "./json.ts";

const resultStatuses = ["passed", "failed", "skipped", "error"] as const;

/** `missing` when a result has no status, `unknown` when it has another word. */
export type ResultStatus = (typeof resultStatuses)[number] | "missing" | "unknown";

/** One check of a control. */
export interface HdfResult {
  readonly status: ResultStatus;
  readonly codeDesc: string;
  readonly message: string;
  readonly skipMessage: string;
  readonly exception: string;
  /** Even an empty backtrace is one: something was raised. */
  readonly backtrace: boolean;
  readonly runTimeS: number;
}

/** What a waiver file says about a control. */
export interface HdfWaiver {
  readonly justification: string;
  /** As the waiver file gives it; empty when it never expires. */
  readonly expires: string;
  readonly skipped: boolean;
  readonly message: string;
}

export interface HdfControl {
  readonly id: string;
  readonly title: string;
  readonly desc: string;
  readonly check: string;
  readonly fix: string;
  readonly impact: number;
  /** `tags.severityoverride` and `tags.severity`, in this order, where they are texts. */
  readonly severityTags: readonly string[];
  readonly nist: readonly string[];
  readonly cci: readonly string[];
  readonly stigId: string;
  readonly waiver: HdfWaiver | undefined;
  readonly attested: boolean;
  readonly results: readonly HdfResult[];
}

/** Reads one control; `where` is its path for errors. Without results it reads as a control that tested nothing. */
export function readControl(control: JsonObject, where: string): HdfControl {
  const id = needText(fieldOf(control, "id"), `${where}.id`);
  const impact = fieldOf(control, "impact");
  if (typeof impact !== "number") throw unreadable(`the impact of control ${id}`, "must be a number");
  const results = fieldOf(control, "results") ?? [];
  const tags = objectOrNone(fieldOf(control, "tags"));
  const describe = describer(control);
  return {
    id,
    title: asText(fieldOf(control, "title")),
    desc: asText(fieldOf(control, "desc")) || describe("default"),
    check: describe("check"),
    fix: describe("fix"),
    impact,
    severityTags: [fieldOf(tags, "severityoverride"), fieldOf(tags, "severity")].filter(
      (tag) => typeof tag === "string",
    ),
    // "Rev_4" among them names the edition of NIST 800-53, not a control.
    nist: asTexts(fieldOf(tags, "nist")).filter((tag) => !/^rev[_ ]\d+$/i.test(tag)),
    cci: asTexts(fieldOf(tags, "cci")),
    stigId: asText(fieldOf(tags, "stig_id")),
    waiver: readWaiver(objectOrNone(fieldOf(control, "waiver_data"))),
    attested: isObject(fieldOf(control, "attestation_data")),
    results: needObjects(results, `${where}.results`).map(readResult),
  };
}

const objectOrNone = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** `descriptions` is a list of labels and data; profiles of old tools, and some converters, write an object or tags. */
function describer(control: JsonObject): (label: string) => string {
  const descriptions = fieldOf(control, "descriptions");
  const tags = objectOrNone(fieldOf(control, "tags"));
  return (label) => {
    if (isObject(descriptions)) return asText(fieldOf(descriptions, label));
    const list: readonly unknown[] = Array.isArray(descriptions) ? descriptions : [];
    const found = list.find((entry) => isObject(entry) && fieldOf(entry, "label") === label);
    return asText(isObject(found) ? fieldOf(found, "data") : fieldOf(tags, label));
  };
}

function readWaiver(data: JsonObject): HdfWaiver | undefined {
  if (Object.keys(data).length === 0) return undefined;
  return {
    justification: asText(fieldOf(data, "justification")),
    expires: asText(fieldOf(data, "expiration_date")),
    // Any truthy value, even the text "false", is a waiver to inspecjs, and so to Heimdall and SAF.
    skipped: Boolean(fieldOf(data, "skipped_due_to_waiver")),
    message: asText(fieldOf(data, "message")),
  };
}

function readResult(result: JsonObject): HdfResult {
  const status = fieldOf(result, "status");
  const runTime = fieldOf(result, "run_time");
  return {
    status: resultStatuses.find((word) => word === status) ?? (status ? "unknown" : "missing"),
    codeDesc: asText(fieldOf(result, "code_desc")),
    message: asText(fieldOf(result, "message")),
    skipMessage: asText(fieldOf(result, "skip_message")),
    exception: asText(fieldOf(result, "exception")),
    backtrace: Boolean(fieldOf(result, "backtrace")),
    runTimeS: typeof runTime === "number" ? runTime : 0,
  };
}
