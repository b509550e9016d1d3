interface Greeting {
  greet(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The session once it has proved to be a shell; `ahead` gets it before, so that its commands travel with the greeting. */
export async function greeted<S extends Greeting>(
  session: S,
  { signal, ahead }: { readonly signal?: AbortSignal | undefined; readonly ahead?: ((session: S) => void) | undefined },
): Promise<S> {
  try {
    const proof = session.greet(signal);
    ahead?.(session);
    await proof;
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}
