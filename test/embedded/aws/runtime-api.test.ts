import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RuntimeApi, startRuntimeApi } from "#embedded/aws/lambda/runtime-api.ts";

let api: RuntimeApi;
beforeEach(async () => {
  api = await startRuntimeApi();
});
afterEach(() => api.close());

const url = (path: string) => `http://${api.address}/2018-06-01/runtime/${path}`;
const post = (path: string, body: string) => fetch(url(path), { method: "POST", body });
const invocation = {
  requestId: "r1",
  functionArn: "arn:aws:lambda:us-east-1:1:function:f",
  deadlineMs: 1_800_000_000_000,
};

describe("the Runtime API", () => {
  it("gives a runtime an event with its id, its deadline and its function, and the sender the answer", async () => {
    const answer = api.invoke({ one: 1 }, invocation);
    const next = await fetch(url("invocation/next"));
    expect(await next.json()).toEqual({ one: 1 });
    expect(next.headers.get("lambda-runtime-aws-request-id")).toBe("r1");
    expect(next.headers.get("lambda-runtime-deadline-ms")).toBe("1800000000000");
    expect(next.headers.get("lambda-runtime-invoked-function-arn")).toBe(invocation.functionArn);
    expect((await post("invocation/r1/response", '{"two":2}')).status).toBe(202);
    expect(await answer).toEqual({ two: 2 });
    await api.initialised;
  });

  it("lets a runtime that asked first wait for an event", async () => {
    const next = fetch(url("invocation/next"));
    await api.initialised;
    const answer = api.invoke("late", invocation);
    expect(await (await next).json()).toBe("late");
    await post("invocation/r1/response", "null");
    expect(await answer).toBeNull();
  });

  it("hands a handler's error to the sender in the runtime's own words", async () => {
    const answer = api.invoke({}, invocation);
    answer.catch(() => undefined);
    await fetch(url("invocation/next"));
    await post("invocation/r1/error", '{"errorType":"RangeError","errorMessage":"too far"}');
    await expect(answer).rejects.toMatchObject({ errorType: "RangeError", message: "too far" });
  });

  it("tells of a runtime that cannot start", async () => {
    await post("init/error", '{"errorType":"Error","errorMessage":"no handler"}');
    await expect(api.initialised).rejects.toThrow("no handler");
  });

  it("refuses an answer to what it has not handed out, and one above 6 MB", async () => {
    expect((await post("invocation/other/response", "{}")).status).toBe(400);
    const answer = api.invoke({}, invocation);
    answer.catch(() => undefined);
    await fetch(url("invocation/next"));
    expect((await post("invocation/r1/response", "x".repeat(6 * 1024 * 1024 + 1))).status).toBe(413);
  });

  it("remembers who asked for anything else", async () => {
    expect((await fetch(url("credentials"))).status).toBe(404);
    expect(api.strays).toEqual(["GET /2018-06-01/runtime/credentials"]);
  });

  it("keeps no sender waiting once it is closed", async () => {
    const answer = api.invoke({}, invocation);
    answer.catch(() => undefined);
    await api.close();
    await expect(answer).rejects.toThrow("no runtime any more");
    api = await startRuntimeApi();
  });
});
