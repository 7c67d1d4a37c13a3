/**
 * Duplicates and odd ones out, computed by a thread that searches do not wait
 * for, once for each state of the index.
 *
 * @module
 */
import { Effect, Semaphore } from "effect";
import type { BadRequest, Unavailable } from "./problems.ts";
import { Stale } from "./search.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Thread } from "./thread.ts";
import type { ThreadCalls } from "./thread_calls.ts";

type Asked<A> = Effect.Effect<A, BadRequest | Unavailable | Stale>;

/** Duplicates and odd ones out. */
export interface Reviews {
  /** Groups of duplicates. */
  readonly duplicates: (
    snapshot: Snapshot,
    request: ThreadCalls["duplicates"]["request"],
  ) => Asked<ThreadCalls["duplicates"]["answer"]>;
  /** Rows, the most unusual first. */
  readonly outliers: (
    snapshot: Snapshot,
  ) => Asked<ThreadCalls["outliers"]["answer"]>;
}

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
      const answers = kept.get(snapshot) ?? new Map<string, unknown>();
      kept.set(snapshot, answers);
      const key = JSON.stringify([name, request]);
      const known = answers.get(key) as ThreadCalls[Name]["answer"] | undefined;
      if (known !== undefined) return known;
      const { stamp } = snapshot;
      if (opened?.stamp !== stamp || opened.starts !== thread.incarnation()) {
        const answer = yield* thread.ask("open", undefined);
        opened = { stamp: answer.stamp, starts: thread.incarnation() };
      }
      if (opened.stamp !== stamp) return yield* Effect.fail(new Stale());
      const answer = yield* thread.ask(name, request);
      answers.set(key, answer);
      if (answers.size > keptAnswers) {
        answers.delete(answers.keys().next().value!);
      }
      return answer;
    },
  );

  return {
    duplicates: (snapshot, request) =>
      mutex.withPermit(ask(snapshot, "duplicates", request)),
    outliers: (snapshot) =>
      mutex.withPermit(ask(snapshot, "outliers", undefined)),
  };
});
