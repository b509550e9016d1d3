import { deployedExecutor } from "./deployed-executor.ts";
import { workerEnvironment } from "./environment.ts";
import { runWorker } from "./worker.ts";

/** Entry point of the same image off Lambda: works one task queue until it is told to stop (SIGTERM). */
async function work(): Promise<void> {
  const { TASK_QUEUE_URL: url, CONCURRENCY: concurrency, ...environment } = workerEnvironment(process.env);
  const executor = deployedExecutor(environment, "worker");
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  executor.logger.info("working", { queue: url, concurrency });
  await runWorker({ ...executor, queue: executor.inboxAt(url), concurrency }, stop.signal);
  await executor.close();
}

try {
  await work();
  process.exit();
} catch (error) {
  // Node would print the line that threw, and a bundle has only long ones.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
}
