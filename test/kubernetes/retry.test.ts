import { describe, expect, it } from "vitest";
import { patiently } from "#cluster/retry.ts";
import { refusalError } from "#cluster/status.ts";
import { ScanError } from "#contract/errors.ts";

function refusing(times: number, httpStatus: number, retryAfter?: string) {
  let asked = 0;
  return {
    get asked() {
      return asked;
    },
    action: async () => {
      asked += 1;
      if (asked <= times) throw refusalError({ httpStatus, body: "", retryAfter }, "exec");
      return "opened";
    },
  };
}

describe("a refusal by the API server", () => {
  it.each([429, 500, 503])("with %i is tried again", async (httpStatus) => {
    const server = refusing(2, httpStatus);
    expect(await patiently(server.action)).toBe("opened");
    expect(server.asked).toBe(3);
  });

  it.each([400, 401, 403, 404, 409])("with %i is not", async (httpStatus) => {
    const server = refusing(1, httpStatus);
    await expect(patiently(server.action)).rejects.toBeInstanceOf(ScanError);
    expect(server.asked).toBe(1);
  });

  it("that does not end is thrown after a few tries", async () => {
    const server = refusing(99, 429);
    await expect(patiently(server.action)).rejects.toMatchObject({ code: "throttled" });
    expect(server.asked).toBe(4);
  });

  it("that asks for a long wait is left to the queue", async () => {
    const server = refusing(1, 429, "120");
    await expect(patiently(server.action)).rejects.toMatchObject({ code: "throttled", retryAfterMs: 120_000 });
    expect(server.asked).toBe(1);
  });

  it("is not waited out when the scan is stopped", async () => {
    const stop = new AbortController();
    const server = refusing(99, 429, "10");
    const waiting = patiently(server.action, stop.signal);
    stop.abort(new ScanError("deadline", "too late"));
    await expect(waiting).rejects.toMatchObject({ code: "deadline" });
  });
});
