import { existsSync, readFileSync } from "node:fs";
import type { Pod } from "../store/objects.ts";
import { type Call, namedObject } from "./api.ts";
import { containerOf } from "./exec/container-choice.ts";

/** GET pods/{name}/log: what the container wrote so far, from the CRI log file. `tailLines` and `timestamps` are known. */
export function podLog(call: Call): void {
  const { api, info, response } = call;
  const pod = namedObject(api, info) as Pod; // the route serves pods only
  const container = containerOf(pod, info.query.get("container") ?? "");
  const file = api.kubelet.find(pod)?.logFile(container);
  const lines = file !== undefined && existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  const stamps = info.query.get("timestamps") === "true";
  const texts = lines.map((line) => {
    // CRI log format: time, stream, F(ull) or P(artial), text.
    const [time = "", , tag, ...text] = line.split(" ");
    return `${stamps ? `${time} ` : ""}${text.join(" ")}${tag === "P" ? "" : "\n"}`;
  });
  const tail = Number(info.query.get("tailLines") ?? Number.NaN);
  response.writeHead(200, { "Content-Type": "text/plain" });
  response.end((Number.isNaN(tail) ? texts : tail === 0 ? [] : texts.slice(-tail)).join(""));
}
