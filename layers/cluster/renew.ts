import type { Connection } from "./connection.ts";
import { refusedWith } from "./status.ts";

/** Does something with a connection; when its credentials are refused (401) and there are newer ones, does it once more. */
export async function withNewestCredentials<T>(connection: Connection, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (refusedWith(error) !== 401 || !(await connection.renew?.())) throw error;
    return action();
  }
}
