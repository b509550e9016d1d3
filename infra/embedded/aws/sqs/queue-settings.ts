import { invalidParameter, SqsError } from "./errors.ts";

interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** What SetQueueAttributes can change. Units are those of the SQS API: seconds and bytes. */
export interface QueueSettings {
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly receiveWaitSeconds: number;
  readonly maximumMessageBytes: number;
  readonly redrive: RedrivePolicy | undefined;
  /** Attributes that are kept and shown but change nothing here: encryption, policies. */
  readonly inert: ReadonlyMap<string, string>;
}

export const DEFAULT_SETTINGS: QueueSettings = {
  visibilityTimeoutSeconds: 30,
  delaySeconds: 0,
  retentionSeconds: 345_600,
  receiveWaitSeconds: 0,
  maximumMessageBytes: 1_048_576,
  redrive: undefined,
  inert: new Map(),
};

const INERT = new Set([
  "Policy",
  "RedriveAllowPolicy",
  "KmsMasterKeyId",
  "KmsDataKeyReusePeriodSeconds",
  "SqsManagedSseEnabled",
]);

/** Applies attributes as SetQueueAttributes does, with its ranges. FIFO queues are not embedded and are refused. */
export function applyAttributes(settings: QueueSettings, attributes: ReadonlyMap<string, string>): QueueSettings {
  let next = settings;
  for (const [name, value] of attributes) next = applyAttribute(next, name, value);
  return next;
}

function applyAttribute(settings: QueueSettings, name: string, value: string): QueueSettings {
  switch (name) {
    case "VisibilityTimeout":
      return { ...settings, visibilityTimeoutSeconds: whole(name, value, 0, 43_200) };
    case "DelaySeconds":
      return { ...settings, delaySeconds: whole(name, value, 0, 900) };
    case "MessageRetentionPeriod":
      return { ...settings, retentionSeconds: whole(name, value, 60, 1_209_600) };
    case "ReceiveMessageWaitTimeSeconds":
      return { ...settings, receiveWaitSeconds: whole(name, value, 0, 20) };
    case "MaximumMessageSize":
      return { ...settings, maximumMessageBytes: whole(name, value, 1_024, 1_048_576) };
    case "RedrivePolicy":
      return { ...settings, redrive: value === "" ? undefined : redrivePolicy(value) };
    case "FifoQueue":
      throw new SqsError("UnsupportedOperation", "The embedded SQS has standard queues only.");
    default:
      if (!INERT.has(name)) throw new SqsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
      return { ...settings, inert: new Map([...settings.inert, [name, value]]) };
  }
}

function whole(name: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new SqsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
  }
  return number;
}

function redrivePolicy(value: string): RedrivePolicy {
  let policy: unknown;
  try {
    policy = JSON.parse(value);
  } catch (cause) {
    throw Object.assign(invalidParameter(`Value ${value} for parameter RedrivePolicy is invalid. Reason: not JSON.`), {
      cause,
    });
  }
  if (typeof policy === "object" && policy !== null && "deadLetterTargetArn" in policy && "maxReceiveCount" in policy) {
    const count = Number(policy.maxReceiveCount);
    if (typeof policy.deadLetterTargetArn === "string" && Number.isInteger(count) && count >= 1 && count <= 1_000) {
      return { deadLetterTargetArn: policy.deadLetterTargetArn, maxReceiveCount: count };
    }
  }
  throw invalidParameter(
    `Value ${value} for parameter RedrivePolicy is invalid. Reason: needs deadLetterTargetArn and maxReceiveCount in 1 to 1000.`,
  );
}

/** The settings as GetQueueAttributes names them. */
export function settingAttributes(settings: QueueSettings): Map<string, string> {
  const attributes = new Map<string, string>([
    ["VisibilityTimeout", String(settings.visibilityTimeoutSeconds)],
    ["DelaySeconds", String(settings.delaySeconds)],
    ["MessageRetentionPeriod", String(settings.retentionSeconds)],
    ["ReceiveMessageWaitTimeSeconds", String(settings.receiveWaitSeconds)],
    ["MaximumMessageSize", String(settings.maximumMessageBytes)],
    ["SqsManagedSseEnabled", "true"],
    ...settings.inert,
  ]);
  if (settings.redrive !== undefined) attributes.set("RedrivePolicy", JSON.stringify(settings.redrive));
  return attributes;
}
