/** What an image may cost to read. */
export interface ImageLimits {
  /** Entries of all layers together, and folders that are made for them; each costs about 300 bytes of memory. */
  readonly entries: number;
  /** Of all layers together, unpacked; a small archive can unpack to petabytes. */
  readonly unpackedBytes: number;
  /** Content that is kept in memory; what does not fit is read from its layer again. */
  readonly keptBytes: number;
  /** Of one file that is kept. */
  readonly keptFileBytes: number;
  /** Of one answer; what is over it is cut, and the answer says `truncated`. */
  readonly answerBytes: number;
}

export const imageLimits: ImageLimits = {
  entries: 400_000,
  unpackedBytes: 32 * 2 ** 30,
  keptBytes: 32 * 2 ** 20,
  keptFileBytes: 65_536,
  answerBytes: 32 * 2 ** 20,
};
