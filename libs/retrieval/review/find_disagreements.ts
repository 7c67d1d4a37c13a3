/**
 * Labels that the neighbours of images in a search index disagree with.
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import { Effect } from "effect";
import { neighboursOf } from "../duplicates/all_neighbours.ts";
import type { IndexWithImages } from "../duplicates/find_duplicates.ts";
import type { Searcher, SearchError } from "../search/searcher.ts";
import { type Disagreement, disagreementsOf } from "./disagreements.ts";

/** What {@link findDisagreements} is told. */
export interface DisagreementOptions {
  /** `[images.length]` label of each image, -1: none. */
  readonly labels: Int32Array;
  /** Neighbours that vote, at least 1. */
  readonly neighbours: number;
}

/**
 * Finds images whose nearest labelled neighbours have another label. Copies of
 * an image vote first. Every row is searched for once.
 *
 * @param index The index.
 * @param searcher Its search.
 * @param options See {@link DisagreementOptions}.
 * @returns See {@link disagreementsOf}; images are ranks in `index.images`; or
 * the errors of the search, or of reading rows.
 */
export const findDisagreements: <E>(
  index: IndexWithImages<E>,
  searcher: Searcher,
  options: DisagreementOptions,
) => Effect.Effect<
  readonly Disagreement[],
  E | SearchError,
  Progress
> = Effect.fn("findDisagreements")(function* <E>(
  { images, live, vectors }: IndexWithImages<E>,
  searcher: Searcher,
  { labels, neighbours }: DisagreementOptions,
) {
  const labelledOf = new Map<number, number[]>();
  images.forEach(({ vector }, image) => {
    if (labels[image]! < 0) return;
    const known = labelledOf.get(vector);
    if (known === undefined) labelledOf.set(vector, [image]);
    else known.push(image);
  });
  const voters: (readonly number[])[] = images.map(() => []);
  const rows = live.filter((row) => labelledOf.has(row));
  // Neighbours without a label do not vote, so more are searched for.
  const top = neighbours * Math.ceil(live.length / Math.max(1, rows.length));
  yield* neighboursOf(vectors, searcher, rows, top, (row, found) => {
    const near: number[] = [];
    for (const other of found) {
      if (near.length > neighbours) break;
      near.push(...labelledOf.get(other.row) ?? []);
    }
    const own = labelledOf.get(row)!;
    for (const image of own) {
      const copies = own.filter((one) => one !== image);
      voters[image] = [...copies, ...near].slice(0, neighbours);
    }
  });
  return disagreementsOf(labels, voters);
});
