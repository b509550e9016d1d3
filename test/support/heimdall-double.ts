import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What was uploaded, as a server reads the form. */
export interface Uploaded {
  readonly filename: string;
  readonly public: string;
  readonly tags: string;
  readonly data: string;
}

export interface HeimdallDouble {
  readonly url: string;
  readonly uploads: readonly Uploaded[];
  /** The key that it takes; others are 401. */
  key: string;
  /** Statuses of the next answers, whatever the key. */
  readonly answers: number[];
  /** How often it was asked. */
  readonly asked: number;
  close(): Promise<void>;
}

/** Heimdall's `POST /evaluations` on loopback: an API key, and a form with a file in it. */
export async function heimdallDouble(): Promise<HeimdallDouble> {
  const uploads: Uploaded[] = [];
  const state = { key: "right", asked: 0, answers: [] as number[] };
  const server = createServer((request, response) => {
    state.asked += 1;
    const end = (status: number, text = "{}") => void response.writeHead(status).end(text);
    void (async () => {
      const bytes = await buffer(request);
      const scripted = state.answers.shift();
      if (scripted !== undefined) return end(scripted);
      if (request.method !== "POST" || request.url !== "/evaluations") return end(404);
      // A server that quotes what it was sent: none of that may be repeated.
      const { authorization = "" } = request.headers;
      if (authorization !== `Api-Key ${state.key}`) return end(401, `Bad Api-Key ${authorization}`);
      const headers = { "content-type": request.headers["content-type"] ?? "" };
      const form = await new Response(bytes, { headers }).formData();
      const data = form.get("data");
      uploads.push({
        filename: String(form.get("filename")),
        public: String(form.get("public")),
        tags: String(form.get("evaluationTags")),
        data: data instanceof File ? await data.text() : "",
      });
      end(201);
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server's
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    uploads,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}
