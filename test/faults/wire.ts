/** One WebSocket frame (RFC 6455 §5.2), with where it stood in the bytes that were read. */
export interface WireFrame {
  readonly opcode: number;
  readonly final: boolean;
  readonly payload: Buffer;
  readonly start: number;
  readonly end: number;
}

export const opcodes = { continuation: 0, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The whole frames at the start of some bytes; a piece of a frame at their end is left out. Masks are taken off. */
export function readFrames(bytes: Buffer, from = 0): readonly WireFrame[] {
  const frames: WireFrame[] = [];
  for (let start = from; start + 2 <= bytes.length; ) {
    const first = bytes.readUInt8(start);
    const second = bytes.readUInt8(start + 1);
    const short = second & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    const masked = (second & 0x80) !== 0;
    const body = start + 2 + extra + (masked ? 4 : 0);
    if (body > bytes.length) break;
    const size =
      extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(start + 2) : Number(bytes.readBigUInt64BE(start + 2));
    if (body + size > bytes.length) break;
    const payload = Buffer.from(bytes.subarray(body, body + size));
    if (masked) unmask(payload, bytes.subarray(body - 4, body));
    frames.push({ opcode: first & 0x0f, final: (first & 0x80) !== 0, payload, start, end: body + size });
    start = body + size;
  }
  return frames;
}

/** A server's frame: never masked. */
export function writeFrame(opcode: number, payload: Uint8Array, final = true): Buffer {
  const size = payload.length;
  const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  head.writeUInt8((final ? 0x80 : 0) | opcode, 0);
  if (size < 126) head.writeUInt8(size, 1);
  else if (size < 65_536) {
    head.writeUInt8(126, 1);
    head.writeUInt16BE(size, 2);
  } else {
    head.writeUInt8(127, 1);
    head.writeBigUInt64BE(BigInt(size), 2);
  }
  return Buffer.concat([head, payload]);
}

/** A close frame with a code, or, without one, the empty close that a client sees as 1005. */
export function closing(code?: number): Buffer {
  const payload = Buffer.alloc(code === undefined ? 0 : 2);
  if (code !== undefined) payload.writeUInt16BE(code);
  return writeFrame(opcodes.close, payload);
}

/** Where the HTTP head ends, its empty line included; -1 before it has all come. */
export function headEnd(bytes: Buffer): number {
  const at = bytes.indexOf("\r\n\r\n");
  return at < 0 ? -1 : at + 4;
}

function unmask(payload: Buffer, mask: Uint8Array): void {
  for (let index = 0; index < payload.length; index += 1) {
    payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
  }
}
