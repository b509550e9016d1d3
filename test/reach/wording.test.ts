import { expect, it } from "vitest";
import { isOfWindows, meaningOf } from "#reach/wording.ts";

const refused = (message: string) => ({ kind: "refused", message, httpStatus: 500 }) as const;
const hcs =
  "error executing command in container: failed to exec in container: failed to create exec: hcs::System::CreateProcess app: The system cannot find the file specified.: unknown";

it("a program that Windows does not find is absent", () => {
  expect(meaningOf(refused(hcs), "")).toBe("absent");
});

it("a refusal in Windows' own words is told from one of Linux", () => {
  expect(isOfWindows(refused(hcs))).toBe(true);
  expect(isOfWindows(refused('exec: "/bin/sh": stat /bin/sh: no such file or directory'))).toBe(false);
  expect(isOfWindows({ kind: "exited", exitCode: 1 })).toBe(false);
});
