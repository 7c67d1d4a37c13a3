/**
 * The regions of many pictures, kept in a file that survives a kill.
 *
 * The file holds for each picture a row whose first value is its number of
 * regions, then these.
 *
 * @module
 */
import {
  type Matrix,
  matrix,
  Progress,
  type RowReader,
} from "@deepcluster/core";
import {
  contentDigest,
  decode,
  type UnreadableImageError,
} from "@deepcluster/data";
import {
  keyOf,
  makeFolder,
  openRowFile,
  readRowFile,
  sha256Of,
  type StorageError,
  workLock,
} from "@deepcluster/storage";
import { Clock, Effect, Stream } from "effect";
import type { Scope } from "effect";
import { join } from "node:path";
import type { OptionError } from "@deepcluster/core";
import type {
  Corners,
  DescribeError,
  RmacDescriptor,
} from "@deepcluster/retrieval";

/** A picture, or a rectangle of it. */
export interface RegionSource {
  /** Its file. */
  readonly path: string;
  /** The rectangle, in pixels as they are stored. Default: all of it. */
  readonly corners?: Corners;
}

/** Regions of pictures, readable while the scope lasts. */
export interface CachedRegions {
  /** Reads the regions of a picture, `[r, channels]`. */
  readonly of: (picture: number) => Effect.Effect<Matrix, StorageError>;
  /** All regions of the first pictures, at most so many pictures. */
  readonly first: (pictures: number) => RowReader<StorageError>;
}

/** What {@link cachedRegions} can fail with. */
export type CachedRegionsError =
  | DescribeError
  | OptionError
  | StorageError
  | UnreadableImageError;

/**
 * Computes the regions of pictures, or reads those that were computed.
 *
 * Goes on where a killed call ended. The file is named by everything that the
 * regions depend on: model, size, engine, the content of all pictures, their
 * rectangles. Pictures are decoded without their EXIF orientation, where boxes
 * are meant.
 *
 * @param descriptor One without PCA.
 * @param pictures The pictures in order.
 * @param folder Where the file lies; made when missing.
 * @param what What they are, for progress: `database`, `queries`.
 * @returns The regions, or the errors of descriptor, pictures and disk.
 */
export const cachedRegions: (
  descriptor: RmacDescriptor,
  pictures: readonly RegionSource[],
  folder: string,
  what: string,
) => Effect.Effect<
  CachedRegions,
  CachedRegionsError,
  Progress | Scope.Scope
> = Effect.fn("cachedRegions")(
  function* (descriptor, pictures, folder, what) {
    const key = yield* keyOfRegions(descriptor, pictures);
    yield* makeFolder(folder);
    const path = join(folder, `regions-${key}.f32`);
    yield* Effect.scoped(Effect.gen(function* () {
      yield* workLock(`${path}.lock`, "computes these regions");
      yield* computeRest(descriptor, pictures, path, what);
    }));
    const rows = yield* readRowFile(path, descriptor.columns);
    const starts = yield* startsOf(rows, pictures.length);
    return {
      of: (picture) =>
        rows.read(
          starts[picture]! + 1,
          starts[picture + 1]! - starts[picture]! - 1,
        ),
      first: (count) => withoutHeaders(rows, starts, count),
    };
  },
);

const keyOfRegions = Effect.fnUntraced(function* (
  { settings }: RmacDescriptor,
  pictures: readonly RegionSource[],
) {
  const digests = yield* Effect.forEach(
    pictures,
    ({ path, corners }) =>
      Effect.map(
        contentDigest({ kind: "file", path }),
        (digest) => ({ sha256: sha256Of(digest), corners: corners ?? null }),
      ),
    { concurrency: 4 },
  );
  const { model, ...others } = settings;
  const { identity } = model as { readonly identity: string };
  return keyOf({ ...others, model: identity, pictures: digests });
});

/** Longest time whose work a kill may undo. */
const syncIntervalMs = 5000;

const computeRest = Effect.fnUntraced(function* (
  descriptor: RmacDescriptor,
  pictures: readonly RegionSource[],
  path: string,
  what: string,
) {
  const { report } = yield* Progress;
  const file = yield* openRowFile(path, descriptor.columns);
  let done = yield* picturesIn(yield* file.rows);
  const total = pictures.length;
  const tell = Effect.suspend(() =>
    report({ phase: `regions of ${what}`, done, total, unit: "images" })
  );
  yield* tell;
  if (done === total) return;
  let synced = yield* Clock.currentTimeMillis;
  yield* Stream.fromIterable(pictures.slice(done)).pipe(
    Stream.mapEffect(
      (picture) =>
        Effect.map(
          decode(picture.path, { kind: "file", path: picture.path }, {
            autoOrient: false,
          }),
          (image) => ({ image, corners: picture.corners }),
        ),
      { concurrency: 3 },
    ),
    Stream.runForEach(Effect.fnUntraced(function* ({ image, corners }) {
      const { vectors } = yield* descriptor.regions(image, corners);
      const block = matrix(vectors.rows + 1, vectors.columns);
      block.data[0] = vectors.rows;
      block.data.set(vectors.data, vectors.columns);
      yield* file.append(block);
      done++;
      const now = yield* Clock.currentTimeMillis;
      if (now - synced >= syncIntervalMs) {
        yield* file.sync;
        synced = now;
      }
      yield* tell;
    })),
    Effect.onExit(() => Effect.ignore(file.sync)),
  );
  yield* file.sync;
});

/** Pictures of a file; a file is synced after whole pictures only. */
const picturesIn = Effect.fnUntraced(function* (
  rows: RowReader<StorageError>,
) {
  let count = 0;
  for (let row = 0; row < rows.rows; count++) {
    row += 1 + (yield* rows.read(row, 1)).data[0]!;
  }
  return count;
});

/** First row of each picture, and one past the last. */
const startsOf = Effect.fnUntraced(function* (
  rows: RowReader<StorageError>,
  count: number,
) {
  const starts = [0];
  for (let i = 0; i < count; i++) {
    starts.push(starts[i]! + 1 + (yield* rows.read(starts[i]!, 1)).data[0]!);
  }
  return starts;
});

/** The regions of the first pictures, one after the other. */
const withoutHeaders = (
  rows: RowReader<StorageError>,
  starts: readonly number[],
  count: number,
): RowReader<StorageError> => {
  const pictures = Math.min(count, starts.length - 1);
  const ranks = Int32Array.from(
    { length: starts[pictures]! - pictures },
    () => 0,
  );
  for (let i = 0, at = 0; i < pictures; i++) {
    for (let row = starts[i]! + 1; row < starts[i + 1]!; row++) {
      ranks[at++] = row;
    }
  }
  const { columns } = rows;
  return {
    rows: ranks.length,
    columns,
    read: Effect.fnUntraced(function* (start, size) {
      const block = matrix(size, columns);
      for (let i = 0; i < size;) {
        let run = 1;
        while (
          i + run < size && ranks[start + i + run]! === ranks[start + i]! + run
        ) run++;
        const { data } = yield* rows.read(ranks[start + i]!, run);
        block.data.set(data, i * columns);
        i += run;
      }
      return block;
    }),
  };
};
