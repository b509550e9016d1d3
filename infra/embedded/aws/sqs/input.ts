import { invalidParameter, SqsError } from "./errors.ts";

/** One JSON object of a request, read member by member with the complaints that SQS makes. */
export interface Input {
  /** The member as text, or `undefined`. Refuses any other type. */
  text(name: string): string | undefined;
  /** The member as text; SQS answers `MissingParameter` without it. */
  required(name: string): string;
  /** A whole number in [min, max], or `undefined`. */
  whole(name: string, min: number, max: number): number | undefined;
  /** A list of strings; empty when absent. */
  texts(name: string): readonly string[];
  /** A list of objects; empty when absent. */
  objects(name: string): readonly Input[];
  /** The members of a map from names to objects. */
  map(name: string): ReadonlyMap<string, Input>;
  /** The members of a map from names to strings. */
  textMap(name: string): ReadonlyMap<string, string>;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrongType(name: string): SqsError {
  return new SqsError("SerializationException", `Member ${name} has the wrong type.`);
}

/** Wraps a parsed JSON value; anything but an object is refused. */
export function readInput(value: unknown): Input {
  if (!isRecord(value)) throw new SqsError("SerializationException", "The request body must be a JSON object.");

  function text(name: string): string | undefined {
    const member = isRecord(value) ? value[name] : undefined;
    if (member === undefined || member === null) return undefined;
    if (typeof member !== "string") throw wrongType(name);
    return member;
  }

  function list(name: string): readonly unknown[] {
    const member = isRecord(value) ? (value[name] ?? []) : [];
    if (!Array.isArray(member)) throw wrongType(name);
    return member;
  }

  function members(name: string): [string, unknown][] {
    const member = isRecord(value) ? (value[name] ?? {}) : {};
    if (!isRecord(member)) throw wrongType(name);
    return Object.entries(member);
  }

  return {
    text,
    required(name) {
      const member = text(name);
      if (member === undefined || member === "") {
        throw new SqsError("MissingParameter", `The request must contain the parameter ${name}.`);
      }
      return member;
    },
    whole(name, min, max) {
      const member = isRecord(value) ? value[name] : undefined;
      if (member === undefined || member === null) return undefined;
      if (typeof member !== "number") throw wrongType(name);
      if (!Number.isInteger(member) || member < min || member > max) {
        throw invalidParameter(
          `Value ${member} for parameter ${name} is invalid. Reason: Must be between ${min} and ${max}, if provided.`,
        );
      }
      return member;
    },
    texts: (name) =>
      list(name).map((item) => {
        if (typeof item !== "string") throw wrongType(name);
        return item;
      }),
    objects: (name) => list(name).map(readInput),
    map: (name) => new Map(members(name).map(([key, item]) => [key, readInput(item)])),
    textMap: (name) =>
      new Map(
        members(name).map(([key, item]) => {
          if (typeof item !== "string") throw wrongType(name);
          return [key, item];
        }),
      ),
  };
}
