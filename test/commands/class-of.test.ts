import { describe, expect, it } from "vitest";
import { classOf } from "#commands/class-of.ts";
import { askedByTheAuditor } from "./known/auditor.ts";
import { askedByProfiles } from "./known/profiles.ts";
import { slow } from "./known/slow.ts";
import { inLanguage } from "./tricks/language.ts";
import { inNames } from "./tricks/names.ts";
import { inOptions } from "./tricks/options.ts";
import { inPrograms } from "./tricks/programs.ts";
import { inReading } from "./tricks/reading.ts";

describe("the class of a command", () => {
  it.each(askedByTheAuditor)("that the auditor asks is read-only: %j", (command) =>
    expect(classOf(command)).toBe("read-only"),
  );

  it.each(askedByProfiles)("that profiles ask is read-only: %j", (command) =>
    expect(classOf(command)).toBe("read-only"),
  );

  it.each([...inNames, ...inLanguage, ...inPrograms, ...inReading, ...inOptions])(
    "that acts, or might, is unknown: %j",
    (command) => expect(classOf(command)).toBe("unknown"),
  );

  it.each(slow)("that walks far is expensive: %j", (command) => expect(classOf(command)).toBe("expensive"));
});
