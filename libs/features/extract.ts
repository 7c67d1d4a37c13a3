/**
 * A pass of a network over all images of a set, in their order.
 *
 * Paper: section 3.2: features are computed in evaluation mode on the centre
 * crop of every image, before each clustering.
 *
 * @module
 */
import {
  type FloatTensor,
  floatTensor,
  type Matrix,
  matrix,
  Progress,
  type Tensors,
} from "@deepcluster/core";
import {
  type Batch,
  batches,
  type ImageError,
  type ImageSet,
  type Transform,
} from "@deepcluster/data";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import type { ShapeError } from "@deepcluster/graph";
import { featuresGraph, type Network } from "@deepcluster/models";
import { Clock, Effect, type Scope, Stream } from "effect";
import { DivergedFeaturesError, FeatureFileError } from "./errors.ts";
import type { FeatureFile } from "./feature_file.ts";

/** A set of images that can be read in order from any position. */
export interface ImagePass<E = never, R = never> {
  /** Images in the set. */
  readonly count: number;
  /** Images of a batch, and of one run of the network. */
  readonly batch: number;
  /**
   * Batches of the images at `position`, `position + 1`, … to the last; each
   * full but the last. A batch is done with before the next is asked for.
   */
  readonly from: (position: number) => Stream.Stream<Batch, E, R>;
}

/**
 * A pass over a set of images in its order, decoding ahead.
 *
 * @param set The images.
 * @param transform What becomes of each image: the centre crop in the paper.
 * @param batch Images of a batch.
 * @returns The pass; a batch fails with what reading the set fails with.
 */
export const passOver = (
  set: ImageSet,
  transform: Transform,
  batch: number,
): ImagePass<ImageError> => ({
  count: set.size,
  batch,
  from: (position) => {
    const order = Int32Array.from(
      { length: set.size - position },
      (_, i) => position + i,
    );
    return batches(set, order, transform, { batchSize: batch });
  },
});

/** What {@link extract} can be told besides. */
export interface ExtractOptions {
  /** Clustering epoch, for progress events. */
  readonly epoch?: number;
  /** Longest time whose work a kill may undo; 5000 when absent. */
  readonly syncIntervalMs?: number;
}

/**
 * Computes the features of all images and appends them to a file.
 *
 * Goes on where the file ends, so that a pass killed at any moment is taken
 * up again; the file must then be of the same network, parameters, images and
 * batch, which only the caller can know: give each pass its own file. Every
 * run of the network has the same batch size, the last one filled up with
 * black images, so that a feature depends on its own image alone.
 *
 * @param network The network.
 * @param parameters A tensor for every parameter of the network; others are
 * ignored.
 * @param images See {@link ImagePass}.
 * @param file Where the features go, with `network.featureSize` columns;
 * complete and synced at the end.
 * @param options See {@link ExtractOptions}.
 * @returns Nothing, or `DivergedFeaturesError` when a feature is NaN or
 * infinite, or `FeatureFileError`: `wrong-size` when the file has more rows
 * than there are images, or ends within a batch; or `ShapeError` when the
 * batch is no positive integer; or the error of engine or images.
 */
export const extract = Effect.fn("extract")(function* <E, R>(
  network: Network,
  parameters: Tensors,
  images: ImagePass<E, R>,
  file: FeatureFile,
  options: ExtractOptions = {},
): Effect.fn.Return<
  void,
  E | BackendError | FeatureFileError | DivergedFeaturesError | ShapeError,
  R | Backend | Progress
> {
  const start = yield* rowsToKeep(file, images);
  yield* report(start, images.count, options);
  if (start < images.count) {
    yield* Effect.scoped(Effect.gen(function* () {
      const run = yield* compile(network, parameters, images.batch);
      yield* appendAll(run, images, file, options);
    }));
  }
});

/** Features of `n` images, `[n, d]`, valid until the next call. */
type Run = (images: FloatTensor) => Effect.Effect<Matrix, BackendError>;

const compile = Effect.fnUntraced(function* (
  network: Network,
  parameters: Tensors,
  batch: number,
): Effect.fn.Return<Run, BackendError | ShapeError, Backend | Scope.Scope> {
  const backend = yield* Backend;
  const graph = yield* featuresGraph(network, batch).pipe(
    // Only taps can be unknown, and there are none.
    Effect.catchTags({ UnknownLayerError: Effect.die }),
  );
  const state = Object.fromEntries(
    Object.keys(graph.state).flatMap((name) => {
      const parameter = parameters[name];
      return parameter === undefined ? [] : [[name, parameter]];
    }),
  );
  const program = yield* backend.compile(graph, state);
  return (images) =>
    program.run({ images: filledUp(images, batch) }).pipe(
      Effect.map((outputs) => {
        const { data } = outputs["features"] as FloatTensor;
        const rows = images.shape[0]!;
        const columns = network.featureSize;
        return matrix(rows, columns, data.subarray(0, rows * columns));
      }),
    );
});

const appendAll = Effect.fnUntraced(function* <E, R>(
  run: Run,
  images: ImagePass<E, R>,
  file: FeatureFile,
  options: ExtractOptions,
) {
  const { syncIntervalMs = 5000 } = options;
  let synced = yield* Clock.currentTimeMillis;
  yield* Stream.runForEach(
    images.from(yield* file.count),
    Effect.fnUntraced(function* ({ images: pixels, positions }: Batch) {
      const features = yield* run(pixels);
      yield* refuseNonFinite(features, positions);
      yield* file.append(features);
      const now = yield* Clock.currentTimeMillis;
      if (now - synced >= syncIntervalMs) {
        yield* file.sync;
        synced = now;
      }
      yield* report(yield* file.count, images.count, options);
    }),
  );
  yield* file.sync;
  const found = yield* file.count;
  if (found !== images.count) {
    const promised = `${images.count} images, found ${found}`;
    return yield* Effect.die(new Error(`the pass promised ${promised}`));
  }
});

/**
 * Rows found in the file, all of which stay. Whole batches only, so that a
 * resumed pass runs the same batches as an uninterrupted one.
 */
const rowsToKeep = Effect.fnUntraced(function* (
  file: FeatureFile,
  { count, batch }: Pick<ImagePass, "count" | "batch">,
): Effect.fn.Return<number, FeatureFileError> {
  const rows = yield* file.count;
  if (rows === count || (rows < count && rows % batch === 0)) return rows;
  return yield* new FeatureFileError({
    action: "go on with",
    path: file.path,
    reason: "wrong-size",
    detail: `expected whole batches of ${batch} of ${count} images, ` +
      `found ${rows} rows`,
  });
});

const filledUp = (images: FloatTensor, batch: number): FloatTensor => {
  if (images.shape[0]! >= batch) return images;
  const full = floatTensor([batch, ...images.shape.slice(1)]);
  full.data.set(images.data);
  return full;
};

const refuseNonFinite = Effect.fnUntraced(function* (
  { columns, data }: Matrix,
  positions: Int32Array,
): Effect.fn.Return<void, DivergedFeaturesError> {
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong === -1) return;
  return yield* new DivergedFeaturesError({
    position: positions[Math.floor(wrong / columns)]!,
    column: wrong % columns,
    value: String(data[wrong]),
  });
});

const report = Effect.fnUntraced(function* (
  done: number,
  total: number,
  { epoch }: ExtractOptions,
): Effect.fn.Return<void, never, Progress> {
  const progress = yield* Progress;
  yield* progress.report({
    phase: "extract",
    ...(epoch === undefined ? {} : { epoch }),
    done,
    total,
    unit: "images",
  });
});
