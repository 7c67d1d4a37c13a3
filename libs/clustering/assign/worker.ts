/**
 * A worker thread that takes part in assignments, as the thread that clusters
 * sees it.
 *
 * @module
 */
import type { ByteProducts } from "@deepcluster/gpu-backend";
import type { ProductModels } from "@deepcluster/gpu-backend/multiplier";
import { Effect, type Scope } from "effect";
import { Worker } from "node:worker_threads";
import type { AssignmentRound } from "./assignment_round.ts";
import type { SharedMeans } from "./shared_means.ts";
import type { SharedPoints } from "./shared_points.ts";

/** What a worker is started with. */
export interface WorkerSettings {
  /** `Backend.productModels`. */
  readonly models: ProductModels;
  /** `Capabilities.byteProducts`. */
  readonly bits: ByteProducts;
}

/** Asks a worker to take part in an assignment, or in averaging clusters. */
export type WorkerRequest =
  | {
    readonly kind: "assign";
    readonly shared: SharedPoints;
    readonly round: AssignmentRound;
  }
  | {
    readonly kind: "average";
    readonly shared: SharedPoints;
    readonly means: SharedMeans;
  };

/** What a worker says. */
export type WorkerReply =
  | { readonly kind: "ready" | "done" }
  | { readonly kind: "failed"; readonly reason: string };

/** A running worker. */
export interface AssignWorker {
  /** Asks it to take part, as soon as it is ready. */
  readonly begin: (request: WorkerRequest) => void;
  /**
   * Waits until it has done its part; at once if it was not ready in time.
   * Fails with what went wrong.
   */
  readonly end: Effect.Effect<void, string>;
}

/**
 * Starts a worker.
 *
 * @param settings See {@link WorkerSettings}.
 * @returns The worker, which ends with the scope.
 */
export const startWorker: (
  settings: WorkerSettings,
) => Effect.Effect<AssignWorker, never, Scope.Scope> = Effect.fnUntraced(
  function* (settings) {
    const worker = yield* Effect.acquireRelease(
      Effect.sync(() =>
        new Worker(new URL("./assign_worker.ts", import.meta.url), {
          workerData: settings,
        })
      ),
      (worker) => Effect.promise(() => worker.terminate()),
    );
    let ready = false;
    let waiting: WorkerRequest | undefined;
    let busy = false;
    let ended: string | undefined;
    let failure: string | undefined;
    let hear = () => {};
    const post = (request: WorkerRequest) => {
      waiting = undefined;
      busy = true;
      worker.postMessage(request);
    };
    const fail = (reason: string) => {
      failure = reason;
      busy = false;
      hear();
    };
    worker.on("message", (reply: WorkerReply) => {
      if (reply.kind === "failed") return fail(reply.reason);
      if (reply.kind === "ready") {
        ready = true;
        if (waiting !== undefined) post(waiting);
        return;
      }
      busy = false;
      hear();
    });
    worker.on("error", (cause) => fail(ended = String(cause)));
    worker.on("exit", (code) => {
      ended ??= `A thread ended with code ${code}.`;
      if (busy) fail(ended);
    });
    return {
      begin: (request) => {
        if (ended !== undefined) failure = ended;
        else if (ready) post(request);
        else waiting = request;
      },
      end: Effect.callback<void, string>((resume) => {
        waiting = undefined;
        hear = () => {
          if (busy) return;
          hear = () => {};
          const reason = failure;
          failure = undefined;
          resume(reason === undefined ? Effect.void : Effect.fail(reason));
        };
        hear();
      }),
    };
  },
);
