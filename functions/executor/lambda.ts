import { deployedExecutor } from "./deployed-executor.ts";
import { executorEnvironment } from "./environment.ts";
import { executorHandler } from "./handler.ts";

/** Entry point of the executor function, inside its image. */
const executor = deployedExecutor(executorEnvironment(process.env), "executor");

export const handler = executorHandler({ ...executor, source: executor.queueOf });
