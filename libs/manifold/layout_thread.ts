/**
 * A layout in a thread of its own, so that the rest of a program goes on
 * meanwhile: it takes seconds, and never waits.
 *
 * @module
 */
import { Cause, Effect, Queue } from "effect";
import { Worker } from "node:worker_threads";
import type { FuzzyGraph } from "./fuzzy_graph.ts";

/**
 * What is laid out. Bare memory, as Deno looks at every number of an array that
 * is sent to a thread.
 */
export interface LayoutTask {
  /** `FuzzyGraph.rows`. */
  readonly rows: ArrayBuffer;
  /** `FuzzyGraph.columns`. */
  readonly columns: ArrayBuffer;
  /** `FuzzyGraph.weights`. */
  readonly weights: ArrayBuffer;
  /** Number of points. */
  readonly points: number;
  /** Passes that there will be. */
  readonly epochs: number;
  /** Names the draws. */
  readonly seed: number;
}

/** Passes that are done, or positions `[n, 2]` in double after the last. */
export type LayoutReply =
  | { readonly passes: number }
  | { readonly positions: ArrayBuffer };

/**
 * Lays a graph out in a thread. Equal tasks give the same bytes.
 *
 * @param graph Which points attract each other.
 * @param task Points, passes and seed.
 * @param onPass Called with the number of passes done.
 * @returns Positions `[n, 2]`. A thread that fails is a defect.
 */
export const layOutInThread: <E, R>(
  graph: FuzzyGraph,
  task: Pick<LayoutTask, "points" | "epochs" | "seed">,
  onPass: (passes: number) => Effect.Effect<void, E, R>,
) => Effect.Effect<Float64Array, E, R> = Effect.fnUntraced(
  function* <E, R>(
    { rows, columns, weights }: FuzzyGraph,
    task: Pick<LayoutTask, "points" | "epochs" | "seed">,
    onPass: (passes: number) => Effect.Effect<void, E, R>,
  ) {
    const replies = yield* Queue.unbounded<LayoutReply>();
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        const workerData: LayoutTask = {
          ...task,
          rows: memoryOf(rows),
          columns: memoryOf(columns),
          weights: memoryOf(weights),
        };
        const address = new URL("./layout_worker.ts", import.meta.url);
        const worker = new Worker(address, { workerData });
        const fail = (cause: unknown) =>
          Queue.failCauseUnsafe(replies, Cause.die(cause));
        worker.on("message", (reply) => Queue.offerUnsafe(replies, reply));
        worker.on("error", fail);
        worker.on("exit", (code) => fail(`A thread ended with code ${code}`));
        return worker;
      }),
      (worker) => Effect.promise(() => worker.terminate()),
    );
    while (true) {
      const reply = yield* Queue.take(replies);
      if ("positions" in reply) return new Float64Array(reply.positions);
      yield* onPass(reply.passes);
    }
  },
  Effect.scoped,
);

/** Memory that holds an array and nothing else. */
const memoryOf = (array: Int32Array | Float64Array): ArrayBuffer =>
  array.slice().buffer as ArrayBuffer;
