import { expect, test } from "vitest";
import { abortError, ScanError } from "#contract/errors.ts";

test("a signal whose time is over gives `timeout`", async () => {
  const signal = AbortSignal.timeout(1);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  expect(abortError(signal, "reading the pod")).toMatchObject({
    code: "timeout",
    message: "reading the pod: its time is over",
  });
});

test("a signal that somebody stopped gives `cancelled`, or the reason that it carries", () => {
  expect(abortError(AbortSignal.abort(), "the scan").code).toBe("cancelled");
  const why = new ScanError("deadline", "no time is left");
  expect(abortError(AbortSignal.abort(why), "the scan")).toBe(why);
});
