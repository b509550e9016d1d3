import { applyEntry, EMPTY_KEY, type Journal, type KeyState } from "./journal.ts";

/** A bucket that is gone with its process. */
export function memoryJournal(): Journal {
  const keys = new Map<string, KeyState>();
  const contents = new Map<string, Uint8Array>();
  let lastBlob = 0;
  return {
    read: async (key) => keys.get(key) ?? EMPTY_KEY,
    async append(state, entry) {
      const key = entry.kind === "added" ? entry.version.key : entry.key;
      const current = keys.get(key) ?? EMPTY_KEY;
      if (current.sequence !== state.sequence) return false;
      keys.set(key, applyEntry(current, entry));
      return true;
    },
    list: async (prefix) => [...keys].filter(([key]) => key.startsWith(prefix)).map(([, state]) => state),
    blobs: {
      async put(bytes) {
        const blob = String(++lastBlob);
        contents.set(blob, Uint8Array.from(bytes));
        return blob;
      },
      get: async (blob) => contents.get(blob),
      drop: async (blob) => void contents.delete(blob),
    },
  };
}
