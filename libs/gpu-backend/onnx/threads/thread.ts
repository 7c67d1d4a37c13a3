/**
 * A worker thread that runs a graph, as the thread that started it sees it.
 *
 * @module
 */
import { Effect, Scope } from "effect";
import { Worker } from "node:worker_threads";
import { messageOf } from "../../failures.ts";
import type {
  ThreadArrays,
  ThreadReply,
  ThreadRequest,
} from "./thread_model.ts";

/**
 * Asks a thread for something, one thing at a time, and is not interrupted until
 * it answers; what is in `transfer` is handed over without a copy. Fails with
 * what went wrong.
 */
export type Ask = (
  request: ThreadRequest,
  transfer?: readonly ArrayBuffer[],
) => Effect.Effect<ThreadArrays, string>;

/**
 * Makes what lends threads. One that was handed back is lent again, which spares
 * the 50 ms that a start takes.
 *
 * @returns What lends a thread while a scope lasts; threads end with the scope
 * of this effect.
 */
export const threadPool: Effect.Effect<
  Effect.Effect<Ask, string, Scope.Scope>,
  never,
  Scope.Scope
> = Effect.gen(function* () {
  const scope = yield* Effect.scope;
  const idle: Ask[] = [];
  return Effect.acquireRelease(
    Effect.suspend(() => {
      const ask = idle.pop();
      return ask === undefined
        ? Scope.provide(startThread, scope)
        : Effect.succeed(ask);
    }),
    (ask) =>
      ask({ kind: "close" }).pipe(
        Effect.map(() => idle.push(ask)),
        // One that ended is not lent again.
        Effect.ignore,
      ),
  );
});

/**
 * Starts a thread.
 *
 * @returns What asks it, once it is there; the thread ends with the scope. A
 * thread that ended fails whatever it is asked.
 */
export const startThread: Effect.Effect<Ask, string, Scope.Scope> = Effect.gen(
  function* () {
    const worker = yield* Effect.acquireRelease(
      Effect.sync(() =>
        new Worker(new URL("./program_worker.ts", import.meta.url))
      ),
      (worker) => Effect.promise(() => worker.terminate()),
    );
    let ended: string | undefined;
    let hear: (reply: ThreadReply) => void = () => {};
    const end = (reason: string) => {
      ended ??= reason;
      hear({ kind: "failed", reason: ended });
    };
    worker.on("message", (reply: ThreadReply) => hear(reply));
    worker.on("error", (cause) => end(messageOf(cause)));
    worker.on("exit", (code) => end(`A thread ended with code ${code}.`));
    const answer = (request?: () => void) =>
      Effect.callback<ThreadArrays, string>((resume) => {
        if (ended !== undefined) return resume(Effect.fail(ended));
        hear = (reply) => {
          hear = () => {};
          resume(
            reply.kind === "done"
              ? Effect.succeed(reply.arrays)
              : Effect.fail(reply.reason),
          );
        };
        request?.();
      });
    yield* answer();
    // The answer to an interrupted request would be taken for that to the next.
    const ask: Ask = (request, transfer = []) =>
      Effect.uninterruptible(
        answer(() => worker.postMessage(request, [...transfer])),
      );
    return ask;
  },
);
