/**
 * A pass of a graph over all images of a set, each of its outputs appended to
 * a file of its own.
 *
 * @module
 */
import { firstNonFinite, type Matrix, Progress } from "@deepcluster/core";
import type { Batch } from "@deepcluster/data";
import { type RowFile, StorageError } from "@deepcluster/storage";
import { Clock, Effect, Fiber, type Scope, Stream } from "effect";
import { DivergedFeaturesError } from "./errors.ts";
import type { ImagePass } from "./image_pass.ts";
import type { OutputsProgram } from "./outputs_program.ts";

/** What {@link extractOutputs} can be told besides. */
export interface ExtractOptions {
  /** Clustering epoch, for progress events. */
  readonly epoch?: number;
  /**
   * Time between two syncs, which go on beside the pass: work that a kill may
   * undo, with that of the sync before. Default: 1000.
   */
  readonly syncIntervalMs?: number;
}

/** Files by the name of the output that goes there. */
export type OutputFiles = Readonly<Record<string, RowFile>>;

/** What {@link extractOutputs} fails with, besides reading the images. */
export type ExtractOutputsError =
  | StorageError
  | DivergedFeaturesError;

/**
 * Runs a program over all images and appends each output to its file.
 *
 * Goes on where the shortest file ends, so that a pass killed at any moment is
 * taken up again; rows that a longer file has already are not written twice.
 * The files must be of the same program, images and batch, which only the
 * caller can know. Every run has the same batch size, the last one filled up
 * with black images, so that a feature depends on its own image alone. Memory:
 * one batch of every output.
 *
 * @param compile Compiles the program for the pass's batch, with an output
 * `[batch, d]` for every file: `compileLayers` or `compileOutputs`. Not called
 * when the files are complete.
 * @param images See {@link ImagePass}.
 * @param files Where the outputs go, with as many columns each; complete and
 * synced at the end.
 * @param options See {@link ExtractOptions}.
 * @returns Nothing, or the errors of `compile`, or `DivergedFeaturesError` when
 * a feature is NaN or infinite, or `StorageError`: `wrong-size` when a file has more rows
 * than there are images, or ends within a batch; or the error of engine or
 * images.
 */
export const extractOutputs: <E, R, E2, R2>(
  compile: Effect.Effect<OutputsProgram<E2>, E2, R2 | Scope.Scope>,
  images: ImagePass<E, R>,
  files: OutputFiles,
  options?: ExtractOptions,
) => Effect.Effect<
  void,
  ExtractOutputsError | E | E2,
  R | Exclude<R2, Scope.Scope> | Progress
> = Effect.fn("extractOutputs")(function* <E, R, E2, R2>(
  compile: Effect.Effect<OutputsProgram<E2>, E2, R2 | Scope.Scope>,
  images: ImagePass<E, R>,
  files: OutputFiles,
  options: ExtractOptions = {},
) {
  const start = yield* rowsToKeep(files, images);
  yield* report(start, images.count, options);
  if (start < images.count) {
    yield* Effect.scoped(Effect.gen(function* () {
      const run = yield* compile;
      yield* appendAll(run, images, start, files, options);
    }));
  }
});

/**
 * Rows found in all of the files. Whole batches only, so that a resumed pass
 * runs the same batches as an uninterrupted one.
 *
 * @param files The files of a pass.
 * @param images The pass.
 * @returns The smallest count, or `StorageError`: `wrong-size`.
 */
const rowsToKeep: (
  files: OutputFiles,
  images: Pick<ImagePass, "count" | "batch">,
) => Effect.Effect<number, StorageError> = Effect.fnUntraced(function* (
  files,
  { count, batch },
) {
  let least = count;
  for (const file of Object.values(files)) {
    const rows = yield* file.count;
    least = Math.min(least, rows);
    if (rows === count || (rows < count && rows % batch === 0)) continue;
    return yield* new StorageError({
      action: "go on with",
      path: file.path,
      reason: "wrong-size",
      detail: `expected whole batches of ${batch} of ${count} images, ` +
        `found ${rows} rows`,
    });
  }
  return least;
});

const appendAll = Effect.fnUntraced(function* <E, R, E2>(
  run: OutputsProgram<E2>,
  images: ImagePass<E, R>,
  start: number,
  files: OutputFiles,
  options: ExtractOptions,
) {
  const { syncIntervalMs = 1000 } = options;
  const syncAll = Effect.forEach(Object.values(files), ({ sync }) => sync, {
    discard: true,
  });
  let syncing: Fiber.Fiber<void, StorageError> = yield* Effect.forkScoped(
    Effect.void,
  );
  let syncedMs = yield* Clock.currentTimeMillis;
  let done = start;
  yield* Stream.runForEach(
    images.from(start),
    Effect.fnUntraced(function* ({ images: pixels, indices }: Batch) {
      const outputOf = yield* run(pixels);
      for (const [output, file] of Object.entries(files)) {
        // A longer file has these rows from before the kill.
        if ((yield* file.count) > done) continue;
        const features = outputOf(output);
        yield* refuseNonFinite(features, indices, images.id);
        yield* file.append(features);
      }
      done += indices.length;
      const nowMs = yield* Clock.currentTimeMillis;
      if (nowMs - syncedMs >= syncIntervalMs) {
        // The pass goes on beside it, so that little is left for its end.
        yield* Fiber.join(syncing);
        syncing = yield* Effect.forkScoped(Effect.uninterruptible(syncAll), {
          startImmediately: true,
        });
        syncedMs = nowMs;
      }
      yield* report(done, images.count, options);
    }),
  );
  yield* Fiber.join(syncing);
  yield* syncAll;
  if (done !== images.count) {
    const promised = `${images.count} images, found ${done}`;
    return yield* Effect.die(new Error(`the pass promised ${promised}`));
  }
});

const refuseNonFinite = Effect.fnUntraced(function* (
  { columns, data }: Matrix,
  indices: Int32Array,
  id: ImagePass["id"],
): Effect.fn.Return<void, DivergedFeaturesError> {
  const wrong = firstNonFinite(data);
  if (wrong === data.length) return;
  const index = indices[Math.floor(wrong / columns)]!;
  return yield* new DivergedFeaturesError({
    index,
    ...id && { image: id(index) },
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
