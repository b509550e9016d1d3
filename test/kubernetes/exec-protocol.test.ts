import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeExit } from "#cluster/exec/exit.ts";
import { closeFrame, decodeFrame, encodeFrame } from "#cluster/exec/frames.ts";
import { hopFailure } from "#cluster/hop.ts";
import { refusalError } from "#cluster/status.ts";
import { meaningOf } from "#reach/wording.ts";

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe("a frame", () => {
  it("carries any payload on any channel unchanged", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 100 }), (channel, payload) => {
        const frame = decodeFrame(encodeFrame(channel, payload));
        expect(frame.channel).toBe(channel);
        expect(Buffer.from(frame.payload).equals(Buffer.from(payload))).toBe(true);
      }),
    );
  });

  it("that is empty is a lost connection, not data", () => {
    expect(() => decodeFrame(new Uint8Array())).toThrow(expect.objectContaining({ code: "connection-lost" }));
  });

  it("closes a channel with exactly two bytes", () => {
    expect([...closeFrame(0)]).toEqual([255, 0]);
  });
});

describe("the status frame", () => {
  const failure = (causes: unknown, reason = "NonZeroExitCode") => {
    return { status: "Failure", reason, message: "command terminated with exit code 9", details: { causes } };
  };

  it.each([
    [{ status: "Success" }, { kind: "exited", exitCode: 0 }],
    [failure([{ reason: "ExitCode", message: "137" }]), { kind: "exited", exitCode: 137 }],
    // Windows' exit codes have 32 bits.
    [failure([{ reason: "ExitCode", message: "3221225477" }]), { kind: "exited", exitCode: 3_221_225_477 }],
    [failure([{ reason: "ExitCode", message: "-1" }]), { kind: "exited", exitCode: -1 }],
    [failure([], "InternalError"), { kind: "refused" }],
    [failure([]), { kind: "lost" }],
    [failure([{ reason: "ExitCode", message: "x" }]), { kind: "lost" }],
    [failure(null), { kind: "lost" }],
    [{}, { kind: "lost" }],
    ["Success", { kind: "lost" }],
  ])("%j is read by reason and causes only", (status, end) => {
    expect(decodeExit(bytes(status))).toMatchObject(end);
  });

  it("that is not JSON leaves the end unknown", () => {
    expect(decodeExit(new TextEncoder().encode("command terminated with exit code 0"))).toMatchObject({ kind: "lost" });
  });
});

describe("a refusal before the upgrade", () => {
  it.each([
    [401, "unauthenticated", false],
    [403, "forbidden", false],
    [400, "exec-refused", false],
    [404, "exec-refused", false],
    [409, "exec-refused", false],
    [429, "throttled", true],
    [500, "exec-refused", true],
    [503, "exec-refused", true],
  ])("HTTP %i is %s", (httpStatus, code, retryable) => {
    const body = JSON.stringify({ kind: "Status", status: "Failure", message: "the server's words" });
    const error = refusalError({ httpStatus, body, retryAfter: undefined }, "exec in a/b/c");
    expect(error).toMatchObject({ code, retryable });
    expect(error.message).toContain("the server's words");
  });

  it("hands on how long the server asked to wait", () => {
    expect(refusalError({ httpStatus: 429, body: "", retryAfter: "7" }, "list").retryAfterMs).toBe(7000);
  });

  it("cannot steer a terminal with its words", () => {
    const error = refusalError({ httpStatus: 500, body: "\u001b[2Jcleared\u202e\r\n", retryAfter: undefined }, "list");
    expect(error.message).toBe("list: HTTP 500: [2Jcleared");
  });
});

describe("a failed connection", () => {
  it.each([
    ["ENOTFOUND", "dns"],
    ["EAI_AGAIN", "dns"],
    ["ECONNREFUSED", "tcp"],
    ["EHOSTUNREACH", "tcp"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "tls"],
    ["CERT_HAS_EXPIRED", "tls"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls"],
    ["UNHEARD_OF", "connection-lost"],
  ])("%s is told as %s, with the server's name", (code, reason) => {
    const error = hopFailure(Object.assign(new Error("words"), { code }), { server: new URL("https://api.test:6443") });
    expect(error.code).toBe(reason);
    expect(error.message).toContain("api.test:6443");
  });

  it("is the proxy's when there is one, unless TLS with the server failed", () => {
    const route = { server: new URL("https://api.test"), proxy: new URL("http://proxy.test:3128") };
    const refused = hopFailure(Object.assign(new Error("words"), { code: "ECONNREFUSED" }), route);
    expect(refused).toMatchObject({ code: "proxy", message: expect.stringContaining("proxy.test:3128") });
    expect(hopFailure(Object.assign(new Error("words"), { code: "CERT_HAS_EXPIRED" }), route).code).toBe("tls");
  });
});

describe("a runtime's words about an exec that never greeted", () => {
  const refused = (message: string) => ({ kind: "refused", message, httpStatus: 500 }) as const;
  const exited = (exitCode: number) => ({ kind: "exited", exitCode }) as const;
  it.each([
    [
      "containerd + runc",
      refused('exec failed: exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown'),
      "",
      "absent",
    ],
    ["runc by PATH", refused('exec: "sh": executable file not found in $PATH: unknown'), "", "absent"],
    ["crun", refused("executable file `sh` not found in $PATH: No such file or directory"), "", "absent"],
    [
      "CRI-O + runc",
      exited(255),
      'exec failed: unable to start container process: exec: "/bin/sh": stat /bin/sh: no such file or directory',
      "absent",
    ],
    ["CRI-O + crun", exited(1), "executable file `/bin/sh` not found: No such file or directory", "absent"],
    [
      "dockershim",
      exited(126),
      'OCI runtime exec failed: exec failed: "sh": executable file not found in $PATH',
      "absent",
    ],
    ["a file that is no program", refused('exec: "/bin/sh": permission denied: unknown'), "", "not-executable"],
    ["another architecture", refused("exec /bin/sh: exec format error"), "", "not-executable"],
    [
      "AppArmor",
      refused("apparmor failed to apply profile: write /proc/self/attr/apparmor/exec: permission denied"),
      "",
      "blocked",
    ],
    ["SELinux", refused("write /proc/self/attr/exec: permission denied"), "", "blocked"],
    ["containerd, exited", refused("container is in CONTAINER_EXITED state"), "", "not-running"],
    ["kubelet", refused('unable to upgrade connection: container not found ("web")'), "", "not-running"],
    ["nothing that is known", refused("the moon is full"), "", "unknown"],
    ["a program that ran well", exited(0), "no such file or directory", "unknown"],
  ] as const)("%s", (_runtime, how, words, meaning) => {
    expect(meaningOf(how, words)).toBe(meaning);
  });
});
