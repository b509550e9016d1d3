import { ScanError } from "#contract/errors.ts";

/** Channel numbers of the Kubernetes remotecommand protocol (v4 and v5.channel.k8s.io). */
export const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;

export interface Frame {
  readonly channel: number;
  readonly payload: Uint8Array;
}

/** Splits a message into channel and payload. A one-byte message is the server's greeting, not data (wsstream). */
export function decodeFrame(message: Uint8Array): Frame {
  const channel = message[0];
  if (channel === undefined) throw new ScanError("connection-lost", "the API server sent an empty message");
  return { channel, payload: message.subarray(1) };
}

/** Puts the channel's number before the payload. */
export function encodeFrame(channel: number, payload: Uint8Array): Uint8Array {
  const message = new Uint8Array(payload.length + 1);
  message[0] = channel;
  message.set(payload, 1);
  return message;
}

/** v5 only: tells the server that nothing more comes on a channel. Any other length of a 255 message ends the session. */
export function closeFrame(channel: number): Uint8Array {
  return Uint8Array.of(channels.close, channel);
}
