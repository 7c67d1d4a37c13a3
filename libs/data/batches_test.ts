import { effectTest, encoded, plainImage } from "@deepcluster/test";
import { Effect, Stream } from "effect";
import { batches, type BatchOptions } from "./batches.ts";
import { UnreadableImageError } from "./errors.ts";
import type { Image } from "./image.ts";
import { type ImageSet, imageSet } from "./image_set.ts";
import type { ImageSource } from "./source.ts";
import {
  clusteringTransform,
  trainingTransform,
  type Transform,
} from "./transforms.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

/** A set whose image `i` is grey of value `i`, decoded when it likes. */
const greySet = (
  size: number,
  decoding: (index: number) => Effect.Effect<void, UnreadableImageError> = () =>
    Effect.void,
): ImageSet => ({
  size,
  id: String,
  decoded: (index) =>
    Effect.as(
      decoding(index),
      { width: 1, height: 1, data: new Uint8Array(3).fill(index) },
    ),
});

/** Writes the image's value, its place, and 0. */
const traced: Transform = {
  side: 1,
  write: (image, place, out, at) => out.set([image.data[0]!, place, 0], at),
};

/** Copies of all batches. */
const collect = (
  set: ImageSet,
  order: Int32Array,
  transform: Transform,
  options: BatchOptions,
) =>
  Stream.runCollect(
    Stream.map(batches(set, order, transform, options), (batch) => ({
      shape: batch.images.shape,
      data: batch.images.data.slice(),
      indices: batch.indices,
    })),
  );

effectTest(
  "batches() delivers the order in batches, the last one smaller",
  () =>
    Effect.gen(function* () {
      const order = Int32Array.of(4, 0, 3, 3, 1);
      const found = yield* collect(greySet(5), order, traced, { batchSize: 2 });
      assert.deepEqual(found.map(({ shape }) => shape), [
        [2, 3, 1, 1],
        [2, 3, 1, 1],
        [1, 3, 1, 1],
      ]);
      assert.deepEqual(found.map(({ indices }) => [...indices]), [
        [4, 0],
        [3, 3],
        [1],
      ]);
      assert.deepEqual(found.map(({ data }) => [...data]), [
        [4, 0, 0, 0, 1, 0],
        [3, 2, 0, 3, 3, 0],
        [1, 4, 0],
      ]);
    }),
);

effectTest(
  "batches() of no images is an empty stream",
  () =>
    Effect.gen(function* () {
      const found = yield* collect(greySet(1), new Int32Array(0), traced, {
        batchSize: 2,
      });
      assert.equal(found.length, 0);
    }),
);

effectTest(
  "batches() that begin later equal the rest of the whole",
  () =>
    Effect.gen(function* () {
      const noise: Image = {
        width: 30,
        height: 20,
        data: Uint8Array.from({ length: 1800 }, (_, i) => i * i % 253),
      };
      const set: ImageSet = {
        size: 9,
        id: String,
        decoded: () => Effect.succeed(noise),
      };
      const order = Int32Array.from({ length: 9 }, (_, i) => i);
      const transform = trainingTransform({ crop: 8, seed: 3, epoch: 1 });
      const whole = yield* collect(set, order, transform, { batchSize: 2 });
      const rest = yield* collect(set, order.subarray(4), transform, {
        batchSize: 2,
        firstSampleIndex: 4,
      });
      assert.deepEqual(rest, whole.slice(2));
    }),
);

effectTest(
  "batches() are the same whatever is decoded first",
  () =>
    Effect.gen(function* () {
      const order = Int32Array.from({ length: 23 }, (_, i) => i * 7 % 23);
      const options = { batchSize: 4 };
      const first = yield* collect(greySet(23), order, traced, options);
      for (const prefetch of [1, 3, 50]) {
        const late = greySet(23, (index) => Effect.sleep(index * 5 % 7));
        const found = yield* collect(late, order, traced, {
          ...options,
          prefetch,
        });
        assert.deepEqual(found, first);
      }
    }),
);

effectTest(
  "batches() leave a batch alone until the next is asked for",
  () =>
    Effect.gen(function* () {
      const order = Int32Array.from({ length: 12 }, (_, i) => i);
      yield* Stream.runForEach(
        batches(greySet(12), order, traced, { batchSize: 3 }),
        Effect.fnUntraced(function* ({ images, indices }) {
          const before = images.data.slice();
          yield* Effect.sleep(5);
          assert.deepEqual(images.data, before);
          assert.equal(images.data[0], indices[0]);
        }),
      );
    }),
);

effectTest("batches() reuse their buffers", () =>
  Effect.gen(function* () {
    const order = Int32Array.from({ length: 20 }, (_, i) => i);
    const buffers = new Set<ArrayBufferLike>();
    yield* Stream.runForEach(
      batches(greySet(20), order, traced, { batchSize: 2, prefetch: 2 }),
      ({ images }) => Effect.sync(() => buffers.add(images.data.buffer)),
    );
    assert.equal(buffers.size, 3);
  }));

effectTest(
  "batches() begin exactly `prefetch` batches ahead of the consumer",
  () =>
    Effect.gen(function* () {
      for (const prefetch of [1, 2]) {
        let begun = 0;
        const set = greySet(40, () => Effect.sync(() => begun++));
        const order = Int32Array.from({ length: 40 }, (_, i) => i);
        let used = 0;
        yield* Stream.runForEach(
          batches(set, order, traced, { batchSize: 5, prefetch }),
          () =>
            Effect.sync(() => {
              used++;
              assert.equal(begun, Math.min(5 * (used + prefetch), 40));
            }),
        );
        assert.equal(used, 8);
      }
    }),
);

effectTest(
  "batches() decode the next batch while the consumer blocks",
  () =>
    Effect.gen(function* () {
      const bytes = yield* encoded(plainImage(300, 300).jpeg());
      const count = 120;
      const source: ImageSource = {
        name: "as many grey pixels as JPEGs",
        ids: Array.from({ length: 2 * count }, (_, i) => String(i)),
        payload: (index) =>
          index < count
            ? {
              kind: "pixels",
              width: 1,
              height: 1,
              channels: 1,
              data: new Uint8Array(1),
            }
            : { kind: "encoded", bytes },
      };
      // What earlier tests left to sharp is done first.
      const others = Effect.sync(() => sharp.counters())
        .pipe(Effect.map(({ queue, process }) => queue + process));
      while ((yield* others) > 0) yield* Effect.sleep("10 millis");
      const waiting: number[] = [];
      yield* Stream.runForEach(
        batches(
          imageSet(source),
          Int32Array.from({ length: 2 * count }, (_, i) => i),
          clusteringTransform({ crop: 8 }),
          { batchSize: count },
        ),
        () =>
          Effect.sync(() => {
            // This thread turns nothing over here, as during a computation.
            const { queue, process } = sharp.counters();
            const end = performance.now() + 20_000;
            let left = queue;
            while (left > 0 && performance.now() < end) {
              left = sharp.counters().queue;
            }
            waiting.push(queue + process, left);
          }),
      );
      // All JPEGs handed over with the first batch; none left waiting.
      assert.deepEqual(waiting, [count, 0, 0, 0]);
    }),
);

effectTest(
  "batches() fail at the batch of an image that cannot be had",
  () =>
    Effect.gen(function* () {
      const set = greySet(9, (index) =>
        index === 7
          ? Effect.fail(
            new UnreadableImageError({ id: "7", reason: "it is 7" }),
          )
          : Effect.void);
      const order = Int32Array.from({ length: 9 }, (_, i) => i);
      const seen: number[] = [];
      const error = yield* Effect.flip(
        Stream.runForEach(
          batches(set, order, traced, { batchSize: 3 }),
          ({ indices }) => Effect.sync(() => seen.push(...indices)),
        ),
      );
      assert.equal(
        error.message,
        "Cannot decode image as it is 7: " +
          "current value is image=7",
      );
      assert.deepEqual(seen, [0, 1, 2, 3, 4, 5]);
    }),
);

effectTest(
  "batches() stop decoding when their consumer stops",
  () =>
    Effect.gen(function* () {
      let begun = 0;
      let interrupted = 0;
      const set = greySet(100, (index) =>
        Effect.suspend(() => {
          begun++;
          return index < 4
            ? Effect.void
            : Effect.onInterrupt(Effect.never, () =>
              Effect.sync(() => {
                interrupted++;
              }));
        }));
      const order = Int32Array.from({ length: 100 }, (_, i) => i);
      yield* batches(set, order, traced, { batchSize: 4 }).pipe(
        Stream.take(1),
        Stream.runDrain,
      );
      assert.equal(begun, 8);
      assert.equal(interrupted, 4);
    }),
);
