/**
 * The images of a search index to label first.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import { Effect } from "effect";
import { curated, type Curation } from "../clusters/curation.ts";
import { gatherRows } from "../duplicates/all_neighbours.ts";
import type { ClusteredIndex } from "./find_outliers.ts";
import { type Picked, pickRows } from "./pick.ts";

/**
 * Picks rows to label first, see {@link pickRows}. Merged clusters count as
 * one, dismissed ones are left out.
 *
 * @param index The index.
 * @param count How many.
 * @param curation What is said of the clusters. Default: nothing.
 * @returns The picks, or `OptionError` when no row has a cluster, or the error
 * of reading rows.
 */
export const findPicks: <E>(
  index: ClusteredIndex<E>,
  count: number,
  curation?: Pick<Curation, "notes">,
) => Effect.Effect<readonly Picked[], E | OptionError> = Effect.fn("findPicks")(
  function* <E>(
    { clusters, distances, live, vectors }: ClusteredIndex<E>,
    count: number,
    curation: Pick<Curation, "notes"> = { notes: new Map() },
  ) {
    const applied = curated(curation, clusters);
    const rows = Array.from(live, (row) => ({
      row,
      cluster: applied[row]!,
      distance: distances[row]!,
    })).filter(({ cluster }) => cluster >= 0);
    if (rows.length === 0) {
      return yield* new OptionError({
        action: "pick images",
        option: "clusters",
        rule: "at least one that is not dismissed",
        value: "none",
      });
    }
    return yield* pickRows(rows, count, (some) => gatherRows(vectors, some));
  },
);
