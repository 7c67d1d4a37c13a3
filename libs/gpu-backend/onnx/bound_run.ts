/**
 * A run of a session for plain code in any thread: what it writes lies in
 * tensors of the caller.
 *
 * @module
 */
import type { InferenceSession, OnnxValue, Tensor } from "onnxruntime-node";
import { marker, refusesSequence } from "./marker.ts";

/**
 * Runs a session once.
 *
 * @param session Of a model with {@link marker}.
 * @param feeds What it reads.
 * @param fetches Where it writes.
 * @returns Nothing; rejects with the words of the library when it fails.
 */
export const runBound = (
  session: InferenceSession,
  feeds: Readonly<Record<string, OnnxValue>>,
  fetches: Readonly<Record<string, Tensor>>,
): Promise<void> =>
  session.run(feeds, { [marker]: null, ...fetches }).then(
    () => {},
    (cause: Error) =>
      cause.message.includes(refusesSequence)
        ? undefined
        : Promise.reject(cause),
  );
