import type { Summary } from "#contract/summary.ts";
import type { Pinned } from "#contract/task.ts";
import { html, type Markup } from "./markup.ts";
import { fact } from "./verdict.ts";
import { grouped, timeWords, wayWords } from "./words.ts";

/** Where all of this comes from, and the files beside the page. */
export function provenance(summary: Summary): Markup {
  const { target, transport, auditor } = summary;
  return html`<section id="provenance"><h2>Provenance</h2>
<div class="columns">
<div><h3>Target</h3><dl class="facts">
${fact("Workload", `${target.workload.kind} ${target.workload.name}`)}
${fact("Pod UID", code(target.podUid))}
${fact("Container id", code(target.containerId))}
${fact("Restarts before the scan", grouped(target.restartCount))}
${fact("Node", target.node)}
${fact("Kubernetes", summary.serverVersion)}
</dl></div>
<div><h3>Scan</h3><dl class="facts">
${fact("Way", html`<code>${summary.way}</code> ${wayWords[summary.way]}`)}
${summary.wayReasons.length === 0 ? "" : fact("Why this way", summary.wayReasons.join(" "))}
${summary.borrowed.length === 0 ? "" : fact("Answered from the toolbox", summary.borrowed.join(", "))}
${fact("Started", time(summary.startedAt))}
${fact("Finished", time(summary.finishedAt))}
${fact("Scan", code(summary.scanId))}
${fact("Task, attempt", html`<code>${summary.taskId}</code> <code>${summary.attempt}</code>`)}
${summary.presentedAsContainer ? fact("Presented as a container", "yes: profiles were told so on request") : html``}
${summary.containerFacts ? fact("Container facts", html`given to the profile as input <code>muster_container</code>, on request`) : html``}
${fact("Auditor", `${auditor.name} ${auditor.version}, exit code ${auditor.exitCode}${auditor.older ? "; older than the profile asks for" : ""}`)}
</dl></div>
<div><h3>Profile</h3><dl class="facts">
${fact("Profile", pinned(summary.profile))}
${fact("Version", summary.profile.version || "none given")}
${fact("Inputs", pinned(summary.inputs))}
${fact("Waivers", pinned(summary.waivers))}
</dl></div>
<div><h3>Cost</h3><dl class="facts">
${fact("Commands", grouped(transport.commands))}
${fact("Sent ahead, asked for, wasted", `${grouped(transport.sentAhead)}, ${grouped(transport.hit)}, ${grouped(transport.wasted)}`)}
${fact("Waits for the network", grouped(transport.blockingRoundTrips))}
${fact("Rehearsals", grouped(transport.rehearsals))}
${fact("Exec streams", grouped(transport.execStreams))}
${fact("Bytes in, out", `${grouped(transport.bytesIn)}, ${grouped(transport.bytesOut)}`)}
${fact("In the target", `${grouped(transport.inTargetMs)} ms`)}
${fact("Auditor CPU, wall", `${grouped(transport.auditorCpuMs)} ms, ${grouped(transport.wallMs)} ms`)}
</dl></div>
</div>
<p class="files"><a href="hdf.json">hdf.json</a> <a href="summary.json">summary.json</a> <a href="findings.ndjson.gz">findings.ndjson.gz</a> <a href="manifest.json">manifest.json</a> ${summary.signed ? html`<a href="attestation.sigstore.json">attestation.sigstore.json</a>` : html``}</p>
<p class="more">${summary.signed ? "This report is signed: muster report verify checks its files against manifest and attestation." : "This report is not signed: nothing in it proves who wrote it."}</p>
<p class="more">Compliance is passed / (passed + failed + not reviewed + error), rounded to two decimals. Rounded as SAF does it: ${summary.safCompliance} %. Heimdall cuts the same ratio off after two decimals.</p>
</section>`;
}

const code = (text: string) => (text === "" ? html`none` : html`<code>${text}</code>`);
const time = (utc: string) => html`<time datetime="${utc}">${timeWords(utc)}</time>`;
const pinned = (what: Pinned | null) =>
  what === null ? html`none` : html`${what.name} <code>sha256:${what.digest}</code>`;
