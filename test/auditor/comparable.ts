/**
 * A report without what differs between any two runs: times, object addresses, random ids, the target's id, whose code
 * called InSpec, and which classes of Train's stand for the target.
 */
export function comparable(report: string): string {
  return report
    .replaceAll(/"(run_time|duration)":[-\d.e]+/g, '"$1":0')
    .replaceAll(/"start_time":"[^"]*"/g, '"start_time":""')
    .replaceAll(/"target_id":"[^"]*"/g, '"target_id":""')
    .replaceAll(/0x[0-9a-f]{16}/g, "0x0")
    .replaceAll(
      /Train::Transports::Local::Connection(\[local\])?|Muster::Transport::Connection(\[muster\])?/g,
      "Connection",
    )
    .replaceAll(/Train::File::Local::Unix|Muster::TargetFile/g, "File")
    .replaceAll(/(\(generated from [^ ]+ )[0-9a-f]{32}\)/g, "$1)")
    .replaceAll(/,"[^"]*\/(layers\/auditor|test\/auditor)\/[\w-]+\.rb:[^"]*"/g, "");
}
