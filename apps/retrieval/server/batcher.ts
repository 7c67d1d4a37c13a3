/**
 * A queue whose waiting jobs are done together: while one batch runs, others
 * wait, and what waits then is the next batch.
 *
 * @module
 */
import { Effect, Exit, Latch, type Scope } from "effect";
import { Unavailable } from "@deepcluster/page-server";

/** How a queue works. */
export interface BatcherOptions<Job, Result, E> {
  /** Jobs of one batch, at most. */
  readonly size: () => number;
  /** Jobs that may wait; further ones are refused. */
  readonly waiting: number;
  /** Does some jobs; gives as many results. */
  readonly run: (jobs: readonly Job[]) => Effect.Effect<readonly Result[], E>;
}

/**
 * Does a job in one of the next batches. A caller that is interrupted while
 * its job waits takes it out of the queue.
 */
export type Submit<Job, Result, E> = (
  job: Job,
) => Effect.Effect<Result, E | Unavailable>;

interface Waiting<Job, Result, E> {
  readonly job: Job;
  readonly resume: (
    result: Effect.Effect<Result, E | Unavailable>,
  ) => void;
}

/**
 * Starts a queue.
 *
 * @param options See {@link BatcherOptions}.
 * @returns Submits a job while the scope lasts.
 */
export const startBatcher = <Job, Result, E>(
  { size, waiting: most, run }: BatcherOptions<Job, Result, E>,
): Effect.Effect<Submit<Job, Result, E>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const queue: Waiting<Job, Result, E>[] = [];
    const filled = yield* Latch.make(false);
    const next = Effect.gen(function* () {
      yield* filled.await;
      const batch = queue.splice(0, size());
      if (queue.length === 0) yield* filled.close;
      // All callers of the batch may have gone before it began.
      if (batch.length === 0) return;
      const exit = yield* Effect.exit(run(batch.map(({ job }) => job)));
      batch.forEach(({ resume }, i) =>
        resume(Exit.map(exit, (results) => results[i]!))
      );
    });
    yield* Effect.forkScoped(Effect.forever(next));
    return (job) =>
      Effect.callback((resume) => {
        if (queue.length >= most) {
          resume(Effect.fail(
            new Unavailable({
              detail: `Cannot search as at most ${most} queries may wait; ` +
                "try again in a moment",
            }),
          ));
          return;
        }
        const entry = { job, resume };
        queue.push(entry);
        filled.openUnsafe();
        return Effect.sync(() => {
          const at = queue.indexOf(entry);
          if (at >= 0) queue.splice(at, 1);
        });
      });
  });
