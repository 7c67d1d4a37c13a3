/**
 * `check DIR`: what an index holds and skipped, whether it is intact, and how
 * fast and how exact its search is.
 *
 * @module
 */
import { type Matrix, matrix } from "@deepcluster/core";
import {
  exactSearchLimit,
  indexStorage,
  openSearcher,
  openSearchIndex,
  type Searcher,
  type SearchIndex,
} from "@deepcluster/retrieval";
import { layerTypedEngine } from "@deepcluster/runs";
import { scanStorage } from "@deepcluster/storage";
import { fromHere } from "@deepcluster/terminal";
import { Clock, Console, Effect } from "effect";
import {
  type CheckedIndex,
  checkText,
  type MeasuredSearch,
} from "./check_text.ts";
import { IndexCommandError } from "./index_errors.ts";
import { clustersText, vectorsText } from "./index_text.ts";
import type { Values } from "./check_flags.ts";

/** Does what `check` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ index: typed, approximate, json, ...engine }: Values) {
    const folder = fromHere(typed);
    const index = yield* openSearchIndex(folder);
    yield* index.requireIntactDatabase;
    const damagedBlocks = yield* index.vectors.damagedBlocks;
    const searches = damagedBlocks.length > 0 || index.live.length === 0
      ? []
      : yield* measure(index, approximate).pipe(
        Effect.scoped,
        Effect.provide(layerTypedEngine(engine)),
      );
    const scan = yield* scanStorage(folder, [indexStorage]);
    const files = scan.folders.flatMap(({ parts, others }) => [
      ...parts.flatMap(({ files }) => files),
      ...others,
    ]);
    const checked: CheckedIndex = {
      index: folder,
      images: index.imageCount,
      vectors: index.live.length,
      columns: index.settings.columns,
      removedVectors: index.vectors.rows - index.live.length,
      complete: index.state.complete,
      describedBy: vectorsText(index),
      clusters: clustersText(index),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      damagedBlocks,
      skipped: index.skipped,
      searches,
    };
    yield* Console.log(json ? JSON.stringify(checked) : checkText(checked));
    if (damagedBlocks.length === 0) return;
    return yield* new IndexCommandError({
      action: `search ${typed}`,
      rule: "every block must be what was written",
      found: `${damagedBlocks.length} damaged, ${damagedBlocks.join(", ")}; ` +
        (index.settings.model === undefined
          ? "make the index again in another folder: " +
            "`retrieve index FEATURES.npy --index DIR`"
          : "`retrieve index`, called as before, computes them again"),
    });
  },
  Effect.scoped,
);

/** Queries of a measurement, at most. */
const queryCount = 100;

const measure = Effect.fnUntraced(function* (
  index: SearchIndex,
  approximate: boolean,
) {
  const queries = yield* someRows(index);
  const exact = yield* openSearcher(index, { mode: "exact" });
  const truth = yield* time(exact, queries);
  const searches: MeasuredSearch[] = [
    { kind: "exact", milliseconds: truth.milliseconds, recall: 1 },
  ];
  if (approximate || index.live.length > exactSearchLimit) {
    const graph = yield* openSearcher(index, { mode: "approximate" });
    const found = yield* time(graph, queries);
    let same = 0;
    let all = 0;
    truth.rows.forEach((rows, i) => {
      all += rows.length;
      same += rows.filter((row) => found.rows[i]!.includes(row)).length;
    });
    searches.push({
      kind: "approximate",
      milliseconds: found.milliseconds,
      recall: same / all,
    });
  }
  return searches;
});

/** Rows of the index, spread evenly. */
const someRows = Effect.fnUntraced(function* ({ live, vectors }: SearchIndex) {
  const count = Math.min(queryCount, live.length);
  const rows = matrix(count, vectors.columns);
  for (let i = 0; i < count; i++) {
    const row = live[Math.floor(i * live.length / count)]!;
    const { data } = yield* vectors.read(row, 1);
    rows.data.set(data, i * vectors.columns);
  }
  return rows;
});

const time = Effect.fnUntraced(function* (searcher: Searcher, queries: Matrix) {
  const found: (readonly number[])[] = [];
  const nanoseconds: number[] = [];
  for (let i = 0; i < queries.rows; i++) {
    const { columns, data } = queries;
    const one = matrix(1, columns, data.slice(i * columns, (i + 1) * columns));
    const start = yield* Clock.currentTimeNanos;
    const [results] = yield* searcher.search(one, 10);
    nanoseconds.push(Number((yield* Clock.currentTimeNanos) - start));
    found.push(results!.map(({ row }) => row));
  }
  nanoseconds.sort((a, b) => a - b);
  return {
    rows: found,
    milliseconds: nanoseconds[Math.floor(nanoseconds.length / 2)]! / 1e6,
  };
});
