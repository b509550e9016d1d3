import type { Queue } from "#aws/queue.ts";
import { ScanError } from "#contract/errors.ts";
import type { Task } from "#contract/task.ts";

export interface TaskQueuePorts {
  /** The task queue of a cluster, or that of its worker's profiles; undefined when there is no such cluster. */
  readonly taskQueue: (cluster: string, scanBy?: "worker") => Queue | undefined;
}

/** Where a task is sent. Throws `cluster-unknown`. */
export function queueFor(task: Task, { taskQueue }: TaskQueuePorts): Queue {
  const [cluster, scanBy] =
    task.kind === "expand" ? [task.entry.cluster, undefined] : [task.target.cluster, task.scanBy];
  const queue = taskQueue(cluster, scanBy);
  if (queue === undefined) throw new ScanError("cluster-unknown", `there is no task queue for cluster ${cluster}`);
  return queue;
}
