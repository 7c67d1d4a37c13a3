/**
 * Whether a backend's own gradient of max-pooling is ours, found by computing
 * one.
 *
 * @module
 */
import type { Pooling } from "@deepcluster/graph";
import { Effect } from "effect";
import type { TfjsLibrary } from "./library.ts";
import { maxima, nativeMaxPoolGradient } from "./pooling.ts";

/**
 * Tells whether the backend's gradient of max-pooling goes to the first of
 * equal maxima, and to the maximum of a window without a positive number.
 * WebAssembly loses the latter, WebGPU takes the last of equals.
 *
 * @param library The library, its backend active.
 * @returns Whether it does; not so where it has no such kernel, or it fails.
 */
export const hasExactMaxPoolGradient = (
  { tf, has }: TfjsLibrary,
): Effect.Effect<boolean> =>
  has("MaxPoolGrad")
    ? Effect.tryPromise(async () => {
      const gradient = tf.tidy(() => {
        const input = tf.tensor(
          Float32Array.of(0, -3, -3, -1, -1, -2, 5, 5, 5),
          [1, 3, 3, 1],
          "float32",
        );
        const dy = tf.tensor(
          Float32Array.of(1, 2, 4, 8),
          [1, 2, 2, 1],
          "float32",
        );
        const output = maxima(tf, input, geometry);
        return nativeMaxPoolGradient(tf, { input, output, dy, geometry });
      });
      const found = await gradient.data();
      gradient.dispose();
      return [1, 0, 0, 0, 2, 0, 4, 8, 0].every((dx, i) => dx === found[i]);
    }).pipe(Effect.catch(() => Effect.succeed(false)))
    : Effect.succeed(false);

const geometry: Pooling = { kernel: [2, 2], stride: [1, 1], padding: [0, 0] };
