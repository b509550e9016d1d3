import * as z from "zod";
import { scheduleRequester } from "#contract/deployment.ts";
import { RegisteredName } from "#contract/names.ts";
import { maxRequestBytes, ScanRequest } from "#contract/request.ts";

/** What EventBridge Scheduler puts in place of this is the time that the run was planned for. */
const scheduledTime = "<aws.scheduler.scheduled-time>";

/** Hours within which a schedule runs at least once; undefined when its expression does not tell. */
export function hoursBetween(expression: string): number | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate !== null)
    return Number(rate[1]) * { minute: 1 / 60, hour: 1, day: 24 }[rate[2] as "minute" | "hour" | "day"];
  const [, fields = ""] = /^cron\((.+)\)$/.exec(expression) ?? [];
  const [, hour = "", dayOfMonth = "", month = "", dayOfWeek = ""] = fields.split(/\s+/);
  const any = (field: string) => field === "*" || field === "?";
  if (!any(dayOfMonth) || !any(month)) return undefined;
  if (!any(dayOfWeek)) return 7 * 24;
  if (any(hour)) return 1;
  const every = /^(?:\*|\d+)\/(\d+)$/.exec(hour);
  return every === null ? 24 : Number(every[1]);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** EventBridge Scheduler: of the day of the month and the day of the week one is said, and the other is a question mark. */
function asksOneDay(expression: string): boolean {
  const [, fields] = /^cron\((.+)\)$/.exec(expression) ?? [];
  const [, , dayOfMonth, , dayOfWeek] = fields?.split(" ") ?? [];
  return fields === undefined || (dayOfMonth === "?") !== (dayOfWeek === "?");
}

/** A scan at set times. */
export const Schedule = z
  .strictObject({
    name: RegisteredName.max(48).describe("Name of the schedule; begins the `requestId` of each of its scans."),
    expression: z
      .string()
      .regex(/^(rate\(\d+ (minute|hour|day)s?\)|cron\(\S+( \S+){5}\))$/, "must be rate(…) or cron(… six fields)")
      .refine(asksOneDay, "must have a ? for the day of the month or the day of the week, and not for both")
      .describe("When: EventBridge Scheduler's `rate(1 day)` or `cron(0 3 * * ? *)`."),
    timezone: z
      .string()
      .refine(isTimeZone, "must be an IANA time zone such as Europe/Berlin")
      .default("UTC")
      .describe("IANA time zone of the expression; summer time is heeded."),
    flexibleMinutes: z
      .number()
      .int()
      .min(0)
      .max(1_440)
      .default(15)
      .describe("The run begins at some time within this window; spreads many schedules."),
    maxAgeMinutes: z
      .number()
      .int()
      .min(1)
      .max(1_440)
      .default(60)
      .describe("A run that could not be sent for so long is given up and lands in the schedules' dead-letter queue."),
    request: z
      .unknown()
      .describe("The scan request, without `requestId` and `requestedBy`: both are set from name and planned time."),
  })
  .transform(({ request, ...schedule }, context) => {
    const own = { requestId: `${schedule.name}:${scheduledTime}`, requestedBy: scheduleRequester(schedule.name) };
    for (const key of Object.keys(own)) {
      if (typeof request === "object" && request !== null && key in request) {
        context.addIssue({ code: "custom", path: ["request", key], message: "is set by the schedule; leave it out" });
      }
    }
    // The planned time stands for itself here: what Scheduler puts in has only characters that a requestId may have.
    const parsed = ScanRequest.safeParse({ ...Object(request), requestId: schedule.name });
    for (const { path, message } of parsed.error?.issues ?? []) {
      context.addIssue({ code: "custom", path: ["request", ...path], message });
    }
    const bytes = Buffer.byteLength(JSON.stringify({ ...parsed.data, ...own }));
    if (parsed.success && bytes > maxRequestBytes) {
      const text = `has ${bytes} bytes, ${maxRequestBytes} are allowed: see podsFrom`;
      context.addIssue({ code: "custom", path: ["request"], message: text });
    }
    return parsed.success ? { ...schedule, request: { ...parsed.data, ...own } } : z.NEVER;
  });
export type Schedule = z.infer<typeof Schedule>;
