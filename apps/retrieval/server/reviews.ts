/**
 * Duplicates and odd ones out, once for each state of the index. Equal files
 * and pixels are found at once; what compares all vectors is computed by a
 * thread that searches do not wait for.
 *
 * @module
 */
import {
  type BackendOptions,
  type Engine,
  engineNames,
  engines,
} from "@deepcluster/gpu-backend";
import { Effect, Semaphore } from "effect";
import type { BadRequest, Unavailable } from "@deepcluster/page-server";
import { equalImagesIn } from "./review.ts";
import { Stale } from "./search.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Thread } from "./thread.ts";
import type { ThreadCalls } from "./thread_calls.ts";

type Asked<A> = Effect.Effect<A, BadRequest | Unavailable | Stale>;

/** Duplicates and odd ones out. */
export interface Reviews {
  /** Groups of duplicates; the percentile is of those that are near. */
  readonly duplicates: (
    snapshot: Snapshot,
    kind: "bytes" | "pixels" | "near",
    percentile: number,
  ) => Asked<ThreadCalls["duplicates"]["answer"]>;
  /** Rows, the most unusual first. */
  readonly outliers: (
    snapshot: Snapshot,
  ) => Asked<ThreadCalls["outliers"]["answer"]>;
}

/**
 * Chooses where vectors are compared. ONNX Runtime 1.30 ends the process when
 * two of its threads use WebGPU at a time, and a GPU would hold all vectors
 * twice. So a GPU stays with the thread that searches, and the processor
 * compares: search is exact to the bit, wherever it computes.
 *
 * @param options Where the thread that searches computes.
 * @returns The same, or the processor in place of a GPU.
 */
export const reviewEngine = (options: BackendOptions = {}): BackendOptions => {
  const { engine = engineNames[0]!, provider, threads } = options;
  if (provider === undefined) return options;
  const providers: Engine["providers"] | undefined =
    engines[engine as keyof typeof engines]?.providers;
  const known = providers?.[provider];
  return known !== undefined && known.capabilities?.deviceMemory !== true
    ? options
    : {
      engine: "onnx",
      provider: "cpu",
      ...threads !== undefined && { threads },
    };
};

/** Answers that are kept; a slider over percentiles makes several. */
const keptAnswers = 16;

/**
 * Computes with a thread of its own.
 *
 * @param thread The thread; it starts when it is first asked.
 * @returns The answers.
 */
export const makeReviews: (
  thread: Thread,
) => Effect.Effect<Reviews> = Effect.fnUntraced(function* (thread) {
  const mutex = yield* Semaphore.make(1);
  const kept = new WeakMap<Snapshot, Map<string, unknown>>();
  let opened: { readonly stamp: string; readonly starts: number } | undefined;

  const ask = Effect.fnUntraced(
    function* <Name extends "duplicates" | "outliers">(
      snapshot: Snapshot,
      name: Name,
      request: ThreadCalls[Name]["request"],
    ) {
      const { stamp } = snapshot;
      if (opened?.stamp !== stamp || opened.starts !== thread.incarnation()) {
        const answer = yield* thread.ask("open", undefined);
        opened = { stamp: answer.stamp, starts: thread.incarnation() };
      }
      if (opened.stamp !== stamp) return yield* Effect.fail(new Stale());
      return yield* thread.ask(name, request);
    },
  );

  /** Computes an answer unless it is kept. */
  const once = <A, E>(
    snapshot: Snapshot,
    key: string,
    compute: Effect.Effect<A, E>,
  ): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      const answers = kept.get(snapshot) ?? new Map<string, unknown>();
      kept.set(snapshot, answers);
      if (answers.has(key)) return Effect.succeed(answers.get(key) as A);
      return Effect.tap(compute, (answer) => {
        answers.set(key, answer);
        if (answers.size > keptAnswers) {
          answers.delete(answers.keys().next().value!);
        }
        return Effect.void;
      });
    });

  return {
    duplicates: (snapshot, kind, percentile) =>
      kind === "near"
        ? mutex.withPermit(
          once(
            snapshot,
            `near ${percentile}`,
            ask(snapshot, "duplicates", { percentile }),
          ),
        )
        : once(
          snapshot,
          kind,
          Effect.sync(() => equalImagesIn(snapshot.index, kind)),
        ),
    outliers: (snapshot) =>
      mutex.withPermit(
        once(snapshot, "outliers", ask(snapshot, "outliers", undefined)),
      ),
  };
});
