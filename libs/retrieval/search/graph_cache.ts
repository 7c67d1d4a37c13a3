/**
 * The graph of an index, kept in its folder: `graph.usearch` and what is known
 * of it, `graph.json`. Both are a cache and can be deleted.
 *
 * The library does not notice damage in the file and can end the process by
 * it, so the file is loaded only when its SHA-256 is the recorded one.
 *
 * @module
 */
import type { Progress, RowReader } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import type { NeighboursError } from "@deepcluster/neighbours";
import {
  digestOf,
  encoded,
  keyOf,
  kindOf,
  readBytes,
  type StorageError,
  writeDurably,
  writeDurablyBy,
} from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";
import { join } from "node:path";
import { buildGraph, rowsPerAdd } from "./build_graph.ts";
import type { GraphError } from "./errors.ts";
import { measureRecall, recallVersion } from "./measure_recall.ts";
import { type Graph, graphParameters, loadGraph } from "./usearch_graph.ts";

/** Rows whose content has a name. */
export interface DigestedRows<E> extends RowReader<E> {
  /** Changes when any value does. */
  readonly digest: string;
}

/** A graph, and how good it is. */
export interface MeasuredGraph {
  /** The graph. */
  readonly graph: Graph;
  /** See `Searcher.recall`. */
  readonly recall: number;
}

const Record = type("string.json.parse").to({
  key: "string",
  sha256: "string",
  recall: "0 <= number <= 1",
});

/** What opening a graph fails with, beside the errors of reading rows. */
export type OpenGraphError = GraphError | StorageError | NeighboursError;

/**
 * Opens the graph of an index: loads the one in its folder, or builds it. A
 * graph of other rows or parameters, or a damaged one, is built again, which a
 * warning says.
 *
 * Building takes about 0.3 ms of one core a row of 256 values, so a minute
 * for 200 000.
 *
 * @param folder The folder of the index.
 * @param vectors `[n, d]` all rows, removed ones included.
 * @returns The graph; or `GraphError`, `StorageError`, the errors of the
 * engine, or of reading rows.
 */
export const openGraph: <E>(
  folder: string,
  vectors: DigestedRows<E>,
) => Effect.Effect<MeasuredGraph, E | OpenGraphError, Backend | Progress> =
  Effect.fn("openGraph")(function* <E>(
    folder: string,
    vectors: DigestedRows<E>,
  ) {
    const { rows: n, columns } = vectors;
    const path = join(folder, "graph.usearch");
    const recordPath = join(folder, "graph.json");
    const key = keyOf({
      graph: graphParameters,
      rowsPerAdd: rowsPerAdd(columns),
      recall: recallVersion,
      vectors: { rows: n, columns, digest: vectors.digest },
    });
    const kept = yield* recorded(path, recordPath, key);
    if (typeof kept === "object") {
      return {
        graph: yield* loadGraph(path, n, columns),
        recall: kept.recall,
      };
    }
    if (kept !== undefined) {
      yield* Effect.logWarning(`Builds ${path} again: ${kept}`);
    }
    const { sha256 } = yield* writeDurablyBy(
      path,
      (partial) => buildGraph(vectors, partial),
    );
    const graph = yield* loadGraph(path, n, columns);
    const recall = yield* measureRecall(vectors, graph);
    const record = JSON.stringify({ key, sha256, recall });
    yield* writeDurably(recordPath, encoded(record));
    return { graph, recall };
  });

/** What is known of a graph that may be loaded; else why not, if there is one. */
const recorded = Effect.fnUntraced(function* (
  path: string,
  recordPath: string,
  key: string,
): Effect.fn.Return<
  typeof Record.infer | string | undefined,
  StorageError
> {
  if ((yield* kindOf(path)) !== "file") return undefined;
  if ((yield* kindOf(recordPath)) !== "file") {
    return "graph.json, which records what it is of, is missing";
  }
  const record = Record(new TextDecoder().decode(yield* readBytes(recordPath)));
  if (record instanceof type.errors) return `graph.json is damaged`;
  if (record.key !== key) {
    return "the index has changed, or the way graphs are built";
  }
  const { sha256 } = yield* digestOf(path);
  return sha256 === record.sha256 ? record : "it is damaged";
});
