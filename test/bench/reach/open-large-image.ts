import { imageShell } from "#reach/image/image-shell.ts";
import { openImage } from "#reach/image/open-image.ts";
import { imageAtRest } from "#reach/image/stored/at-rest.ts";

/** Answers from the image in the folder that is named, and prints the peak memory of this process in KiB. */
const [folder = ""] = process.argv.slice(2);
const platform = { os: "linux", architecture: "amd64" };
const image = await openImage(await imageAtRest(folder, { platform }), AbortSignal.timeout(300_000));
const shell = await imageShell(image);
const commands = [
  "cat /etc/os-release",
  "cat /opt/large0 | wc -c",
  "cat /opt/large9 | wc -c",
  "find /opt -type f | wc -l",
];
const answers = await Promise.all(commands.map((command) => shell.run(command)));
const said = answers.map(({ stdout }) => Buffer.from(stdout).toString()).join("");
if (!/^ID=large\n4194304\n4194304\n50\d{3}\n$/.test(said)) throw new Error(`wrong answers: ${said}`);
await shell.close();
process.stdout.write(`${process.resourceUsage().maxRSS}\n`);
