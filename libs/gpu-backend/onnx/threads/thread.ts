/**
 * A worker thread that runs a graph, as the thread that started it sees it.
 *
 * @module
 */
import { Effect, type Scope } from "effect";
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
    // The engine's memory is not the thread's: it is released first.
    yield* Effect.addFinalizer(() => Effect.ignore(ask({ kind: "close" })));
    return ask;
  },
);
