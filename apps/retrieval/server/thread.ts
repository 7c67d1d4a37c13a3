/**
 * A thread that computes for the server. If it ends, what was asked of it
 * fails, and the next call starts another.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import { Effect, Exit, type Scope } from "effect";
import { SHARE_ENV, Worker } from "node:worker_threads";
import { BadRequest, Unavailable } from "@deepcluster/page-server";
import type {
  CallName,
  SentAnswer,
  ThreadCalls,
  ThreadData,
} from "./thread_calls.ts";

/** A thread that computes. */
export interface Thread {
  /**
   * Asks the thread. Calls are answered in their order.
   *
   * @param name What is asked.
   * @param request With which values.
   * @param transfer Buffers of the request that change hands.
   * @returns The answer; or `BadRequest` when the request was at fault,
   * `Unavailable` when the thread failed or ended.
   */
  readonly ask: <Name extends CallName>(
    name: Name,
    request: ThreadCalls[Name]["request"],
    transfer?: readonly ArrayBuffer[],
  ) => Effect.Effect<ThreadCalls[Name]["answer"], BadRequest | Unavailable>;
  /** Number of the thread, from 0: one more whenever it was started again. */
  readonly incarnation: () => number;
}

type Resume = (
  answer: Exit.Exit<never, BadRequest | Unavailable> | Exit.Exit<never>,
) => void;

/** The worker of the moment, and who waits for its answers. */
interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Resume>;
}

/** Starts the program of a thread. */
export type StartWorker = (data: ThreadData) => Worker;

// Libraries of GPUs read settings from the environment of the process, where a
// thread writes only if it shares it.
const startSearchThread: StartWorker = (data) =>
  new Worker(new URL("./search_thread.ts", import.meta.url), {
    workerData: data,
    env: SHARE_ENV,
  });

/**
 * Makes a thread, which starts when it is first asked.
 *
 * @param data What it is started with.
 * @param start Starts it. Default: the program that searches.
 * @returns The thread, which ends with the scope.
 */
export const makeThread: (
  data: ThreadData,
  start?: StartWorker,
) => Effect.Effect<Thread, never, Scope.Scope> = Effect.fnUntraced(
  function* (data, start = startSearchThread) {
    let running: Running | undefined;
    let [calls, starts, closed] = [0, 0, false];
    yield* Effect.addFinalizer(() => {
      closed = true;
      const last = running;
      end("the server is ending");
      return Effect.promise(async () => {
        await last?.worker.terminate();
      });
    });

    const end = (reason: string, ended = running) => {
      if (ended === undefined) return;
      if (running === ended) running = undefined;
      const exit = Exit.fail(
        new Unavailable({ detail: `Cannot search as ${reason}` }),
      );
      for (const resume of ended.waiting.values()) resume(exit);
      ended.waiting.clear();
    };

    const begin = (): Running => {
      const worker = start(data);
      const begun: Running = { worker, waiting: new Map() };
      starts++;
      worker.on("message", (message: SentAnswer) => {
        const resume = begun.waiting.get(message.call);
        begun.waiting.delete(message.call);
        resume?.(exitOf(message));
      });
      const died = (reason: string) => {
        if (!closed) {
          end(`its thread ended (${reason}) and starts again`, begun);
        }
      };
      worker.on("error", (error) => {
        died(messageOf(error));
        worker.terminate().catch(() => {});
      });
      worker.on("exit", (code) => died(`exit code ${code}`));
      return begun;
    };

    return {
      incarnation: () => starts,
      ask: (name, request, transfer = []) =>
        Effect.callback((resume) => {
          if (closed) {
            resume(Effect.fail(
              new Unavailable({
                detail: "Cannot search as the server is ending",
              }),
            ));
            return;
          }
          running ??= begin();
          const { waiting, worker } = running;
          const call = calls++;
          waiting.set(call, resume as Resume);
          worker.postMessage({ call, name, request }, [...transfer]);
          return Effect.sync(() => void waiting.delete(call));
        }),
    };
  },
);

const exitOf = (message: SentAnswer) =>
  "answer" in message ? Exit.succeed(message.answer as never) : Exit.fail(
    message.refused
      ? new BadRequest({ detail: message.message })
      : new Unavailable({ detail: message.message }),
  );
