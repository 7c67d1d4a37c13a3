/**
 * The duplicates of a search index.
 *
 * @module
 */
import type { OptionError, Progress } from "@deepcluster/core";
import { Effect } from "effect";
import type { Searcher, SearchError } from "../search/searcher.ts";
import type { IndexedImage } from "../search_index/indexed_image.ts";
import { type DuplicateGroup, duplicateGroups } from "./duplicate_groups.ts";
import { type LiveRows, nearRowsOf, similarityLevel } from "./near_rows.ts";

/** The part of a search index that is looked through for duplicates. */
export interface IndexWithImages<E> extends LiveRows<E> {
  /** Its images. */
  readonly images: readonly IndexedImage[];
}

/** What counts as a duplicate. */
export type DuplicateOptions =
  | {
    /** Equal files, or equal pixels. */
    readonly kind: "bytes" | "pixels";
  }
  | {
    /** Similar vectors too. */
    readonly kind: "near";
    /** The search of the index. */
    readonly searcher: Searcher;
    /** Fraction of random pairs that near ones are more similar than. */
    readonly percentile: number;
    /** The least cosine similarity of near ones, instead of a percentile. */
    readonly score?: number | undefined;
  };

/** The duplicates of an index. */
export interface Duplicates {
  /** The least cosine similarity of near ones, where these were asked for. */
  readonly level?: number;
  /** Groups, see {@link duplicateGroups}. */
  readonly groups: readonly DuplicateGroup<IndexedImage>[];
}

/**
 * Finds the duplicates of an index. For near ones every row is searched for:
 * two processor seconds for 12 000 images, two minutes for 100 000.
 *
 * @param index The index.
 * @param options See {@link DuplicateOptions}.
 * @returns The groups, or `OptionError` when the percentile breaks its rule or
 * too many pairs are near, or the errors of the search, or of reading rows.
 */
export const findDuplicates: <E>(
  index: IndexWithImages<E>,
  options: DuplicateOptions,
) => Effect.Effect<Duplicates, E | OptionError | SearchError, Progress> = Effect
  .fn("findDuplicates")(function* <E>(
    index: IndexWithImages<E>,
    options: DuplicateOptions,
  ) {
    const { images } = index;
    if (options.kind !== "near") {
      return { groups: duplicateGroups(images, options.kind) };
    }
    const { searcher, percentile, score } = options;
    const level = score ?? (yield* similarityLevel(index, percentile));
    const nearRows = yield* nearRowsOf(index, searcher, level);
    return { level, groups: duplicateGroups(images, "near", nearRows) };
  });
