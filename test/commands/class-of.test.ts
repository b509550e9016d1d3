import { describe, expect, it } from "vitest";
import { classOf } from "#commands/class-of.ts";
import { askedByProfiles, askedByTheAuditor, slow } from "./known.ts";
import { tricks } from "./tricks.ts";

describe("the class of a command", () => {
  it.each(askedByTheAuditor)("that the auditor asks is read-only: %j", (command) =>
    expect(classOf(command)).toBe("read-only"),
  );

  it.each(askedByProfiles)("that profiles ask is read-only: %j", (command) =>
    expect(classOf(command)).toBe("read-only"),
  );

  it.each(tricks)("that acts, or might, is unknown: %j", (command) => expect(classOf(command)).toBe("unknown"));

  it.each(slow)("that walks far is expensive: %j", (command) => expect(classOf(command)).toBe("expensive"));
});
