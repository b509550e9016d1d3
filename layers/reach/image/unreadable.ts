import { ScanError } from "#contract/errors.ts";

/**
 * The image cannot be read as what it claims to be: a wrong digest, a broken archive, a path that leads out of the root.
 * The image is only looked at where a container cannot be entered, so that reason stands, and reading again is no use.
 */
export class ImageUnreadable extends ScanError {
  constructor(words: string, cause?: unknown) {
    const message = `the container cannot be entered, and its image cannot be read: ${words}`;
    super("no-shell", message, { retryable: false, ...(cause !== undefined && { cause }) });
  }
}

/** Something in an image is beyond a limit that keeps it from filling this machine. */
export function imageTooLarge(words: string): ScanError {
  return new ScanError("too-large", `the image is too large to be read: ${words}`);
}
