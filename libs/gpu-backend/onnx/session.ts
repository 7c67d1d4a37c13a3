/**
 * Runs of a session that write into bound tensors, and copy nothing.
 *
 * @module
 */
import { Effect } from "effect";
import type { InferenceSession } from "onnxruntime-node";
import { messageOf } from "../failures.ts";
import type { Bindings } from "./buffers.ts";

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

/**
 * The first output of every model, a sequence.
 *
 * After a run that wrote all results into the bound tensors, the
 * library (1.30.0) copies each of them into a new array nobody uses: for
 * AlexNet's parameters and momenta 490 MB a step, 0.4 s and as much garbage.
 * It makes these copies in the order of the outputs, and cannot make one of a
 * sequence: with a sequence first it stops there. The run itself is over by
 * then, and no failure of a run says {@link refusesSequence}.
 */
export const marker = "%finished";
const refusesSequence = "Non tensor type is temporarily not supported.";
