/**
 * Batches of images for the network, decoded ahead of their use.
 *
 * The engine blocks the JavaScript thread while it computes. So all images of
 * the next batch are handed to sharp's threads before a batch is delivered:
 * their decoding continues while the consumer computes, and needs this thread
 * again only for cropping.
 *
 * @module
 */
import { type FloatTensor, floatTensor } from "@deepcluster/core";
import { Cause, Effect, Fiber, type Pull, type Scope, Stream } from "effect";
import type { ImageError, ImageSet } from "./image_set.ts";
import type { Transform } from "./transforms.ts";

/** Some images as the network sees them. */
export interface Batch {
  /** Shape `[b, 3, side, side]`. Valid until the next batch is asked for. */
  readonly images: FloatTensor;
  /** Index in the set of each image, shape `[b]`. */
  readonly indices: Int32Array;
}

/** How an order of images is cut into batches. */
export interface BatchOptions {
  /** Images in a batch, at least 1; the last one holds what is left. */
  readonly batchSize: number;
  /**
   * `sampleIndex` of the first image, for random transforms. Default: 0. A training that resumes at step `s` starts at `s * batchSize`.
   */
  readonly firstSampleIndex?: number;
  /** Batches prepared while one is in use, at least 1. Default: 1. */
  readonly prefetch?: number;
}

/**
 * Streams images in a given order, one batch an element.
 *
 * The numbers do not depend on timing, on `prefetch`, or on what is cached.
 * `prefetch + 1` buffers are written in turn, so a batch must be used, or
 * copied, before the next is asked for: do not `buffer` or collect the stream.
 * At most `(prefetch + 1) * batchSize` decoded images are in memory, beside
 * the cache.
 *
 * @param set The images.
 * @param order Indices in the set, each from 0 to `set.size - 1`; they may
 * repeat.
 * @param transform What becomes of each image.
 * @param options See {@link BatchOptions}.
 * @returns The batches; the stream fails with `UnreadableImageError` or
 * `CacheError` at the batch whose image cannot be had.
 *
 * @example The last batch is smaller
 * ```ts
 * import { batches, clusteringTransform, imageSet } from "@deepcluster/data";
 * import { Effect, Stream } from "effect";
 * import assert from "node:assert/strict";
 *
 * const data = new Uint8Array(28 * 28);
 * const payload = { width: 28, height: 28, channels: 1, data } as const;
 * const images = imageSet({
 *   name: "three black images",
 *   ids: ["a", "b", "c"],
 *   payload: () => ({ kind: "pixels", ...payload }),
 * });
 * const shapes: unknown[] = [];
 * await Effect.runPromise(
 *   batches(images, Int32Array.of(2, 0, 1), clusteringTransform({ crop: 32 }), {
 *     batchSize: 2,
 *   }).pipe(
 *     Stream.runForEach((batch) =>
 *       Effect.sync(() => shapes.push(batch.images.shape))
 *     ),
 *   ),
 * );
 * assert.deepEqual(shapes, [[2, 3, 32, 32], [1, 3, 32, 32]]);
 * ```
 */
export const batches = (
  set: ImageSet,
  order: Int32Array,
  transform: Transform,
  options: BatchOptions,
): Stream.Stream<Batch, ImageError> =>
  Stream.unwrap(
    Effect.map(
      Effect.scope,
      (scope) =>
        Stream.fromPull(
          Effect.sync(() => pullFrom(set, order, transform, options, scope)),
        ),
    ),
  );

/** The pull that delivers one batch after the other. */
const pullFrom = (
  set: ImageSet,
  order: Int32Array,
  transform: Transform,
  { batchSize, firstSampleIndex = 0, prefetch = 1 }: BatchOptions,
  scope: Scope.Scope,
): Pull.Pull<readonly [Batch], ImageError> => {
  const count = Math.ceil(order.length / batchSize);
  const floats = Math.min(batchSize, order.length) * 3 * transform.side ** 2;
  const buffers: Float32Array[] = [];
  const started: Fiber.Fiber<Batch, ImageError>[] = [];
  let delivered = 0;
  const start = (number: number) => {
    const first = number * batchSize;
    const buffer = buffers[number % (prefetch + 1)] ??= new Float32Array(
      floats,
    );
    return fill(
      set,
      order.slice(first, first + batchSize),
      transform,
      firstSampleIndex + first,
      buffer,
    );
  };
  // Asking for a batch gives back the one before, whose buffer is filled next.
  return Effect.gen(function* () {
    if (delivered === count) return yield* Cause.done();
    const last = Math.min(delivered + prefetch, count - 1);
    for (let number = delivered + started.length; number <= last; number++) {
      started.push(
        yield* Effect.forkIn(start(number), scope, { startImmediately: true }),
      );
    }
    const batch = yield* Fiber.join(started.shift()!);
    delivered++;
    return [batch] as const;
  });
};

/** Begins to decode all images of a batch; each is written when it is there. */
const fill = (
  set: ImageSet,
  indices: Int32Array,
  transform: Transform,
  firstSampleIndex: number,
  buffer: Float32Array,
): Effect.Effect<Batch, ImageError> => {
  const { side } = transform;
  const floats = 3 * side ** 2;
  const write = (index: number, i: number) =>
    Effect.map(
      set.decoded(index),
      (image) =>
        transform.write(image, firstSampleIndex + i, buffer, i * floats),
    );
  const images = floatTensor(
    [indices.length, 3, side, side],
    buffer.subarray(0, indices.length * floats),
  );
  return Effect.as(
    Effect.forEach(indices, write, {
      concurrency: "unbounded",
      discard: true,
    }),
    { images, indices },
  );
};
