import { targetName } from "#contract/target.ts";
import type { ScanEvent } from "#embedded/scan-events.ts";

export interface Progress {
  say(line: string): void;
  hear(event: ScanEvent): void;
  end(): void;
}

/** Live progress on stderr: a status line that renews itself on a terminal, plain lines elsewhere. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  const running = new Map<string, string>();
  let expected = 0;
  let ended = 0;
  const clear = () => stream.isTTY && stream.write("\r\x1b[2K");
  const status = () => {
    if (!stream.isTTY || expected === 0) return;
    const text = `${ended}/${expected} done${[...running.values()].map((each) => ` · ${each}`).join("")}`;
    stream.write(`\r\x1b[2K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
  };
  const say = (line: string) => {
    clear();
    stream.write(`${line}\n`);
    status();
  };
  return {
    say,
    hear(event) {
      if (event.kind === "expected") {
        expected += event.expected.taskIds.length;
        if (event.expected.tasks.length > 0) say(`${event.expected.tasks.length} scans to do`);
      } else if (event.kind === "control") {
        const { task, progress } = event;
        running.set(task.taskId, `${task.target.pod}/${task.target.container} ${progress.done}`);
        status();
      } else {
        const { outcome } = event;
        ended += 1;
        running.delete(outcome.taskId);
        const subject = outcome.target === null ? outcome.subject : targetName(outcome.target);
        const how = outcome.counts
          ? `${outcome.counts.passed} passed, ${outcome.counts.failed} failed`
          : outcome.reason;
        say(`${ended}/${expected}  ${subject}: ${how}`);
      }
    },
    end: () => void clear(),
  };
}
