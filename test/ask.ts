/**
 * Requests of any form to a server.
 */
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import { request } from "node:http";

/** An answer of a server. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly bytes: Buffer;
  // deno-lint-ignore no-explicit-any
  readonly json: () => any;
}

/** What is sent to a server. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/**
 * Sends a request as it is, with any Host and any method.
 *
 * @param address Of the server.
 * @param path Path and query.
 * @param sent See {@link Sent}.
 * @returns The answer.
 */
export const ask = (
  address: string,
  path: string,
  { method = "GET", headers = {}, body }: Sent = {},
): Effect.Effect<Answer> =>
  Effect.promise(() =>
    new Promise<Answer>((resolve, reject) => {
      const sending = request(
        `${address}${path}`,
        { method, headers },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part) => parts.push(part));
          response.on("error", reject);
          response.on("end", () => {
            const bytes = Buffer.concat(parts);
            const text = bytes.toString();
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              bytes,
              json: () => JSON.parse(text),
            });
          });
        },
      );
      sending.on("error", reject);
      sending.end(body);
    })
  );
