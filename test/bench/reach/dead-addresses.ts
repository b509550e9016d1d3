import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { blackHole } from "#test/support/black-hole.ts";
import { type Row, rowOf } from "../row.ts";

const main = new URL("../../../cli/main.ts", import.meta.url).pathname;
const rounds = 3;
const resolver = "127.53.53.53";

/** How long `muster doctor` takes, from start to end, where a resolver, a route or a server swallows what it is sent. */
export async function deadAddresses(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "muster-dead-"));
  const hole = await blackHole();
  const mute = createServer((socket) => void socket.on("error", () => undefined));
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  const dns = createSocket("udp4");
  await new Promise<void>((resolve) => dns.bind(53, resolver, resolve));
  const settings = join(folder, "resolv.conf");
  writeFileSync(settings, `nameserver ${resolver}\noptions timeout:30 attempts:5\n`);
  const address = mute.address();
  const mutePort = typeof address === "object" && address !== null ? address.port : 0;
  const mount = `mount --bind ${settings} /etc/resolv.conf && exec "$@"`;
  const cases = [
    {
      id: "dns",
      what: "a resolver that never answers",
      server: "https://api.muster.test",
      before: ["unshare", "--mount", "sh", "-c", mount, "sh"],
    },
    { id: "tcp", what: "an address that swallows packets", server: `https://127.0.0.1:${hole.port}`, before: [] },
    { id: "tls", what: "a listener that accepts and is silent", server: `https://127.0.0.1:${mutePort}`, before: [] },
  ];
  const rows: Row[] = [];
  try {
    for (const { id, what, server, before } of cases) {
      const samples: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        samples.push(await seconds([...before, process.execPath, main], kubeconfig(cluster, folder, server), id));
      }
      rows.push(
        rowOf({ id: `reach.doctor.${id}`, what: `to the verdict on ${what}`, unit: "s", samples, bar: "≤ 10" }),
      );
    }
  } finally {
    hole.close();
    mute.close();
    dns.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

function kubeconfig(cluster: EmbeddedCluster, folder: string, server: string): string {
  const config = parse(readFileSync(cluster.kubeconfig, "utf8"));
  for (const each of config.clusters) each.cluster.server = server;
  const path = join(folder, "kubeconfig");
  writeFileSync(path, stringify(config));
  return path;
}

/** The time of one run; one that ends at another hop than it should is no measurement. */
async function seconds(words: readonly string[], path: string, hop: string): Promise<number> {
  const [program = "", ...rest] = words;
  const begun = performance.now();
  const child = spawn(program, [...rest, "doctor", "--kubeconfig", path, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  await new Promise((resolve) => child.once("close", resolve));
  const elapsed = (performance.now() - begun) / 1000;
  const { fault } = JSON.parse(text);
  if (fault?.hop !== hop) throw new Error(`the doctor ended at ${fault?.hop}, not at ${hop}: ${fault?.message}`);
  return elapsed;
}
