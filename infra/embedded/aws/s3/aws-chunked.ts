import { S3Error } from "./errors.ts";

export interface DecodedBody {
  readonly bytes: Uint8Array;
  /** Trailing headers, names in lower case: where the SDK puts the checksum of a stream. */
  readonly trailers: Readonly<Record<string, string>>;
}

/** Takes apart `aws-chunked` content: sized chunks, an empty chunk, trailers (S3 API reference, sigv4-streaming-trailers). */
export function decodeAwsChunked(body: Uint8Array): DecodedBody {
  const source = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Uint8Array[] = [];
  let at = 0;

  function line(): string {
    const end = source.indexOf("\r\n", at);
    if (end === -1) throw incomplete();
    const text = source.toString("latin1", at, end);
    at = end + 2;
    return text;
  }

  for (;;) {
    const size = Number.parseInt(line().split(";")[0] ?? "", 16);
    if (Number.isNaN(size)) throw incomplete();
    if (size === 0) break;
    if (at + size + 2 > source.byteLength) throw incomplete();
    chunks.push(source.subarray(at, at + size));
    at += size + 2;
  }
  const trailers: Record<string, string> = {};
  while (at < source.byteLength) {
    const [name, value] = line().split(/:(.*)/s);
    if (name !== undefined && value !== undefined) trailers[name.trim().toLowerCase()] = value.trim();
  }
  return { bytes: Buffer.concat(chunks), trailers };
}

function incomplete(): S3Error {
  return new S3Error(400, "IncompleteBody", "The request body terminated unexpectedly");
}
