/**
 * The only file that uses `usearch`: a graph of rows in which a search goes
 * from neighbour to neighbour instead of through all rows.
 *
 * Reference: Y. A. Malkov, D. A. Yashunin, "Efficient and robust approximate
 * nearest neighbor search using Hierarchical Navigable Small World graphs",
 * 2016.
 *
 * The library computes on the calling thread and is used with one thread only:
 * graphs built with more differ from time to time. It takes NaN, so rows must
 * be checked before; a damaged file can end the process, so files must be
 * checked before; and a file brings its own number of columns, so that is
 * compared after loading.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import { Effect } from "effect";
import type { Index } from "usearch";
import { GraphError } from "./errors.ts";

/** Everything that decides a graph besides its rows. */
export const graphParameters = {
  library: "usearch 2.26.2",
  metric: "ip",
  quantization: "i8",
  connectivity: 16,
  expansion_add: 128,
  expansion_search: 128,
  multi: false,
} as const;

/** A graph of rows. */
export interface Graph {
  /** Adds rows `first`, `first + 1` …, given as `[count, d]` values. */
  readonly add: (
    first: number,
    rows: Float32Array,
  ) => Effect.Effect<void, GraphError>;
  /** Rows near a query, about the most similar first. */
  readonly search: (
    query: Float32Array,
    count: number,
  ) => Effect.Effect<Int32Array, GraphError>;
  /** Writes the graph over a file; killed amid that, it leaves a part. */
  readonly save: (path: string) => Effect.Effect<void, GraphError>;
}

/**
 * Makes a graph without rows.
 *
 * @param columns Values of a row.
 * @returns The graph, or `GraphError`.
 */
export const newGraph = (columns: number): Effect.Effect<Graph, GraphError> =>
  Effect.map(open(columns), graphOf);

/**
 * Loads a graph.
 *
 * @param path A file that is known to be what was saved.
 * @param rows How many rows it must have.
 * @param columns How many values each.
 * @returns The graph, or `GraphError`.
 */
export const loadGraph: (
  path: string,
  rows: number,
  columns: number,
) => Effect.Effect<Graph, GraphError> = Effect.fnUntraced(
  function* (path, rows, columns) {
    const index = yield* open(columns);
    yield* using("load", () => index.load(path));
    const found = `${index.size()} x ${index.dimensions()}`;
    const expected = `${rows} x ${columns}`;
    if (found !== expected) {
      const reason = `${path} holds ${found} values instead of ${expected}`;
      return yield* new GraphError({ action: "load", reason });
    }
    return graphOf(index);
  },
);

const open = (columns: number): Effect.Effect<Index, GraphError> =>
  Effect.tryPromise({
    try: async () => {
      const { Index } = await import("usearch");
      const { library: _, ...parameters } = graphParameters;
      type Parameters = ConstructorParameters<typeof Index>[0];
      return new Index(
        { ...parameters, dimensions: columns } as unknown as Parameters,
      );
    },
    catch: (cause) => failure("load", cause),
  });

const graphOf = (index: Index): Graph => ({
  add: (first, rows) =>
    using("build", () => {
      const count = rows.length / Number(index.dimensions());
      const keys = new BigUint64Array(count);
      for (let i = 0; i < count; i++) keys[i] = BigInt(first + i);
      index.add(keys, rows, 1);
    }),
  search: (query, count) =>
    using(
      "search",
      () => Int32Array.from(index.search(query, count, 1).keys, Number),
    ),
  save: (path) => using("save", () => index.save(path)),
});

const using = <A>(action: string, run: () => A) =>
  Effect.try({ try: run, catch: (cause) => failure(action, cause) });

const failure = (action: string, cause: unknown): GraphError =>
  new GraphError({ action, reason: messageOf(cause) });
