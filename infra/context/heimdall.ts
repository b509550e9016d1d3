import * as z from "zod";

/** A Heimdall server that gets every report. */
export const HeimdallContext = z.strictObject({
  url: z
    .url({ protocol: /^https$/, error: "must be an https URL" })
    .refine((url) => !url.endsWith("/"), "must have no slash at its end")
    .describe("The server, reached over the internet: the function stands in no VPC."),
  public: z.boolean().default(false).describe("Whether everybody with an account there sees the reports."),
  tags: z
    .array(z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, "must be 1 to 64 characters of A-Z a-z 0-9 . _ -"))
    .max(10)
    .default([])
    .describe("Tags beside `muster`, cluster, namespace and profile."),
  uploadsAtOnce: z.number().int().min(2).max(100).default(2).describe("Uploads at once, so as not to flood it."),
});
export type HeimdallContext = z.infer<typeof HeimdallContext>;
