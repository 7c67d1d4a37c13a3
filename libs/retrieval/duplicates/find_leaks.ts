/**
 * Leaks between two sets of images: images of the one that are in the other
 * too, as the same file, the same pixels or a near duplicate.
 *
 * @module
 */
import type { OptionError, Progress, RowReader } from "@deepcluster/core";
import { Effect } from "effect";
import type { Searcher, SearchError } from "../search/searcher.ts";
import type { IndexedImage } from "../search_index/indexed_image.ts";
import { type Neighbour, neighboursOf } from "./all_neighbours.ts";
import {
  type DuplicateKind,
  duplicateKinds,
  relationOf,
} from "./duplicate_groups.ts";

/** An image that is in the other set too. */
export interface Leak {
  /** The image, of the second set. */
  readonly image: IndexedImage;
  /** The most similar image of the first. */
  readonly match: IndexedImage;
  /** How they are the same. */
  readonly kind: DuplicateKind;
  /** Cosine similarity; 1 but for near ones. */
  readonly score: number;
}

/** What is compared. */
export interface LeakSets<E> {
  /** Images that may have leaked, such as those of the training. */
  readonly first: readonly IndexedImage[];
  /** Images that are looked for among them, such as those of the test. */
  readonly second: readonly IndexedImage[];
  /** Near duplicates too. Default: equal files and equal pixels only. */
  readonly near?: {
    /** The search of the index that holds the first set. */
    readonly searcher: Searcher;
    /** `[n, d]` rows of the index that holds the second set. */
    readonly vectors: RowReader<E>;
    /** The least cosine similarity. */
    readonly level: number;
    /** Whether both sets are of one index, and row numbers mean the same. */
    readonly sameIndex: boolean;
  };
}

/**
 * Finds the images of the second set that are in the first too.
 *
 * @param sets See {@link LeakSets}.
 * @returns The leaks: the same bytes first, then the same pixels, then near
 * ones, the most similar first; or the errors of the search, or of reading.
 */
export const findLeaks: <E>(
  sets: LeakSets<E>,
) => Effect.Effect<
  readonly Leak[],
  E | OptionError | SearchError,
  Progress
> = Effect.fn("findLeaks")(function* <E>(
  { first, second, near }: LeakSets<E>,
) {
  const byBytes = firstBy(first, ({ sha256 }) => sha256);
  const byPixels = firstBy(
    first.filter(({ pixels }) => pixels !== ""),
    ({ pixels }) => pixels,
  );
  const byRow = firstBy(first, ({ vector }) => vector);
  const nearest = near === undefined
    ? undefined
    : yield* nearestOf(second, byRow, near);
  const leaks = second.flatMap((image): readonly Leak[] => {
    const same = byBytes.get(image.sha256) ?? byPixels.get(image.pixels);
    if (same !== undefined) {
      const kind = relationOf(same, image);
      if (kind !== "near") return [{ image, match: same, kind, score: 1 }];
    }
    const found = nearest?.get(image.vector);
    if (found === undefined) return [];
    const match = byRow.get(found.row)!;
    return [{ image, match, kind: "near", score: found.score }];
  });
  return leaks.sort((a, b) =>
    duplicateKinds.indexOf(a.kind) - duplicateKinds.indexOf(b.kind) ||
    b.score - a.score
  );
});

const firstBy = <K>(
  images: readonly IndexedImage[],
  keyOf: (image: IndexedImage) => K,
): ReadonlyMap<K, IndexedImage> => {
  const first = new Map<K, IndexedImage>();
  for (const image of images) {
    const key = keyOf(image);
    if (!first.has(key)) first.set(key, image);
  }
  return first;
};

/**
 * The most similar row of the first set for each row of the second. Rows whose
 * results are all above the level, and none of the first set, are searched for
 * again with more.
 */
const nearestOf = Effect.fnUntraced(function* <E>(
  second: readonly IndexedImage[],
  firstRows: ReadonlyMap<number, IndexedImage>,
  { searcher, vectors, level, sameIndex }: NonNullable<LeakSets<E>["near"]>,
) {
  const nearest = new Map<number, Neighbour>();
  let rows = Int32Array.from(new Set(second.map(({ vector }) => vector)))
    .sort();
  if (sameIndex) {
    for (const row of rows) {
      if (firstRows.has(row)) nearest.set(row, { row, score: 1 });
    }
    rows = rows.filter((row) => !firstRows.has(row));
  }
  for (let top = 16; rows.length > 0; top *= 8) {
    const again: number[] = [];
    yield* neighboursOf(
      vectors,
      searcher,
      rows,
      top,
      (row, found) => {
        const match = found.find((one) =>
          one.score >= level && firstRows.has(one.row)
        );
        if (match !== undefined) nearest.set(row, match);
        else if (found.length === top && found.at(-1)!.score >= level) {
          again.push(row);
        }
      },
      sameIndex,
    );
    rows = Int32Array.from(again);
  }
  return nearest;
});
