/**
 * Runs of a session that write into bound tensors, and copy nothing.
 *
 * @module
 */
import { Effect } from "effect";
import type { InferenceSession } from "onnxruntime-node";
import { messageOf } from "../failures.ts";
import type { Bindings } from "./buffers.ts";
import { marker, refusesSequence } from "./marker.ts";

/**
 * Runs a session once.
 *
 * @param session Of a model with {@link marker}.
 * @param bindings What it reads and writes.
 * @returns Nothing, or what the library says when it fails.
 */
export const runSession = (
  session: InferenceSession,
  { feeds, fetches }: Bindings,
): Effect.Effect<void, string> =>
  Effect.tryPromise({
    try: () => session.run(feeds, { [marker]: null, ...fetches }),
    catch: messageOf,
  }).pipe(
    Effect.asVoid,
    Effect.catch((reason) =>
      reason === refusesSequence ? Effect.void : Effect.fail(reason)
    ),
  );
