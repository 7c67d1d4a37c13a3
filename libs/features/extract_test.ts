import {
  draws,
  floatTensor,
  type Matrix,
  matrix,
  Progress,
  type ProgressEvent,
  type Tensors,
} from "@deepcluster/core";
import { type Batch, clusteringTransform, imageSet } from "@deepcluster/data";
import { layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { interpret } from "@deepcluster/graph";
import { featuresGraph, initialise, small } from "@deepcluster/models";
import { openRowFile, readRowFile } from "@deepcluster/storage";
import { assertClose, effectTest } from "@deepcluster/test";
import { Data, Effect, Layer, Stream } from "effect";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "./extract.ts";
import { type ImagePass, imagePass } from "./image_pass.ts";
import assert from "node:assert/strict";

const size = 8;
const network = Effect.runSync(
  small({ sobel: true, size, channels: [4, 6], units: [10, 7] }),
);
const pixels = 3 * size * size;
const parameters: Tensors = {
  ...initialise(network, 11),
  "top_layer.weight": floatTensor([2, 7]),
};
const fresh = () => join(mkdtempSync(join(tmpdir(), "extract-")), "f.f32");

/** Image `index` of the set that all tests use. */
const image = (index: number): Float32Array => {
  const { normal } = draws(1, "image", index);
  return Float32Array.from({ length: pixels }, normal);
};

const batchOf = (indices: readonly number[]): Batch => {
  const images = floatTensor([indices.length, 3, size, size]);
  indices.forEach((index, i) => images.data.set(image(index), i * pixels));
  return { images, indices: Int32Array.from(indices) };
};

/** Images 0 to `count - 1` in batches. */
const pass = (count: number, batch: number): ImagePass => ({
  count,
  batch,
  from: (index) =>
    Stream.range(index, count - 1).pipe(
      Stream.grouped(batch),
      Stream.map(batchOf),
    ),
});

class Stopped extends Data.TaggedError("Stopped") {}

/** The same, but it fails before it has come to an image. */
const stoppedAt = (images: ImagePass, stop: number): ImagePass<Stopped> => ({
  ...images,
  from: (index) =>
    images.from(index).pipe(
      Stream.mapEffect((batch) =>
        batch.indices.includes(stop)
          ? Effect.fail(new Stopped())
          : Effect.succeed(batch)
      ),
    ),
});

const options = { epoch: 2, syncIntervalMs: 0 };

const extractTo = <E>(
  path: string,
  images: ImagePass<E>,
  changed: Partial<typeof options> = {},
  weights = parameters,
) =>
  Effect.scoped(Effect.gen(function* () {
    const file = yield* openRowFile(path, network.featureSize);
    yield* extract(network, weights, images, file, { ...options, ...changed });
  }));

const readBack = (path: string) =>
  Effect.scoped(Effect.gen(function* () {
    const rows = yield* readRowFile(path, network.featureSize);
    return yield* rows.read(0, rows.rows);
  }));

/** Features by the interpreter, all images in one batch. */
const expected = Effect.fnUntraced(function* (count: number) {
  const graph = yield* featuresGraph(network, count);
  const { images } = batchOf(Array.from({ length: count }, (_, i) => i));
  const { "top_layer.weight": _, ...state } = parameters;
  const { outputs } = yield* interpret(graph, { images }, state);
  const data = outputs["features"]!.data as Float32Array;
  return matrix(count, network.featureSize, data);
});

const silent = Layer.merge(layerReference, Progress.layerSilent);

const engines = [["reference", layerReference, 0], [
  "onnx",
  layerOnnx({ provider: "cpu", threads: 1 }),
  1e-5,
]] as const;

for (const [engine, layer, tolerance] of engines) {
  const services = Layer.merge(layer, Progress.layerSilent);

  effectTest(
    `extract() gives the features of every image in order (${engine})`,
    () =>
      Effect.gen(function* () {
        for (const count of [10, 8, 1]) {
          const path = fresh();
          // So long that only the sync at the end makes the rows count.
          const syncIntervalMs = 3_600_000;
          yield* extractTo(path, pass(count, 4), { syncIntervalMs });
          const { rows, data } = yield* readBack(path);
          assert.equal(rows, count);
          assert.equal(
            readFileSync(path).length,
            4 * count * network.featureSize,
          );
          assertClose(data, (yield* expected(count)).data, tolerance);
        }
      }).pipe(Effect.provide(services)),
  );

  effectTest(
    `extract() gives an image the same bits whatever its batch (${engine})`,
    () =>
      Effect.gen(function* () {
        const rowOf = ({ columns, data }: Matrix, index: number) =>
          data.slice(index * columns, (index + 1) * columns);
        const shuffled = draws(3, "order").shuffle(
          Int32Array.from({ length: 11 }, (_, i) => i),
        );
        const path = fresh();
        yield* extractTo(path, pass(11, 4));
        const inOrder = yield* readBack(path);
        const other = fresh();
        const images: ImagePass = {
          count: 11,
          batch: 4,
          from: () =>
            Stream.fromIterable([...shuffled]).pipe(
              Stream.grouped(4),
              Stream.map(batchOf),
            ),
        };
        yield* extractTo(other, images);
        const mixed = yield* readBack(other);
        shuffled.forEach((index, sampleIndex) =>
          assert.deepEqual(rowOf(mixed, sampleIndex), rowOf(inOrder, index))
        );
      }).pipe(Effect.provide(services)),
  );
}

effectTest(
  "extract() stopped in any batch and resumed equals an uninterrupted pass",
  () =>
    Effect.gen(function* () {
      const whole = fresh();
      yield* extractTo(whole, pass(10, 4));
      for (const stop of [0, 5, 9]) {
        for (const syncIntervalMs of [0, 3_600_000]) {
          const path = fresh();
          const stopped = stoppedAt(pass(10, 4), stop);
          const error = yield* Effect.flip(
            extractTo(path, stopped, { syncIntervalMs }),
          );
          assert.equal(error._tag, "Stopped");
          yield* extractTo(path, pass(10, 4));
          assert.deepEqual(readFileSync(path), readFileSync(whole));
        }
      }
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "extract() reads no image that the file already has",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      yield* Effect.flip(extractTo(path, stoppedAt(pass(10, 4), 9)));
      const asked: number[] = [];
      const images: ImagePass = {
        count: 10,
        batch: 4,
        from: (index) => {
          asked.push(index);
          return pass(10, 4).from(index);
        },
      };
      yield* extractTo(path, images);
      yield* extractTo(path, images);
      assert.deepEqual(asked, [8]);
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "extract() reports progress from where it starts to the last image",
  () =>
    Effect.gen(function* () {
      const events: ProgressEvent[] = [];
      const progress = Layer.succeed(Progress, {
        report: (event) => Effect.sync(() => events.push(event)),
      });
      const path = fresh();
      const layers = Layer.merge(layerReference, progress);
      yield* Effect.flip(extractTo(path, stoppedAt(pass(10, 4), 5))).pipe(
        Effect.provide(layers),
      );
      yield* extractTo(path, pass(10, 4)).pipe(Effect.provide(layers));
      assert.deepEqual(events.map(({ done }) => done), [0, 4, 4, 8, 10]);
      assert.deepEqual(events[1], {
        phase: "extract",
        epoch: 2,
        done: 4,
        total: 10,
        unit: "images",
      });
    }),
);

effectTest(
  "extract() refuses a file that is not of these images and this batch",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      yield* extractTo(path, pass(10, 4));
      const larger = yield* Effect.flip(extractTo(path, pass(9, 4)));
      assert.equal(
        larger.message,
        `Cannot go on with ${path} as its size must be what was recorded: ` +
          "expected whole batches of 4 of 9 images, found 10 rows",
      );
      const within = yield* Effect.flip(extractTo(path, pass(20, 4)));
      assert.equal(within._tag, "StorageError");
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "extract() fails with DivergedFeaturesError naming the image",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      const images: ImagePass = {
        count: 10,
        batch: 4,
        from: (index) =>
          pass(10, 4).from(index).pipe(Stream.map((batch) => {
            const place = batch.indices.indexOf(6);
            if (place >= 0) batch.images.data[place * pixels] = Number.NaN;
            return batch;
          })),
      };
      const error = yield* Effect.flip(extractTo(path, images));
      assert.equal(
        error.message,
        "Cannot extract features as they must be finite: " +
          "current values are image=6, column=0, value=NaN",
      );
      // The batch before it is kept, the one with it is not.
      assert.equal((yield* readBack(path)).rows, 4);
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "extract() fails when a parameter is missing",
  () =>
    Effect.gen(function* () {
      const { "features.0.weight": _, ...others } = parameters;
      const error = yield* Effect.flip(
        extractTo(fresh(), pass(4, 4), {}, others),
      );
      assert.match(error.message, /features\.0\.weight/);
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "imagePass() gives every image of a set, cropped, from any index on",
  () =>
    Effect.gen(function* () {
      const images = imageSet({
        name: "grey levels",
        ids: ["a", "b", "c", "d", "e"],
        payload: (index) => ({
          kind: "pixels",
          width: 9,
          height: 9,
          channels: 1,
          data: new Uint8Array(81).fill(50 * index),
        }),
      });
      const transform = clusteringTransform({ crop: size });
      const inSet = imagePass(images, transform, 2);
      assert.deepEqual([inSet.count, inSet.batch], [5, 2]);
      const seen: [number, number][] = [];
      yield* Stream.runForEach(inSet.from(2), ({ images, indices }) =>
        Effect.sync(() => {
          assert.deepEqual(images.shape, [indices.length, 3, size, size]);
          indices.forEach((index, i) =>
            seen.push([index, images.data[i * pixels]!])
          );
        }));
      const red = (index: number) =>
        Math.fround((50 * index / 255 - 0.485) / 0.229);
      assert.deepEqual(
        seen.map(([index]) =>
          index
        ),
        [2, 3, 4],
      );
      assertClose(
        seen.map(([, value]) => value),
        [red(2), red(3), red(4)],
        1e-5,
      );
      const path = fresh();
      yield* extractTo(path, inSet);
      assert.equal((yield* readBack(path)).rows, 5);
    }).pipe(Effect.provide(silent)),
);
