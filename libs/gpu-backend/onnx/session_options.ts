/**
 * How sessions of ONNX Runtime are opened, in whatever thread.
 *
 * @module
 */
import type { InferenceSession } from "onnxruntime-node";

/** What all sessions have in common with a processor's. */
export interface CommonOptions {
  /** Name of the provider. */
  readonly provider: string;
  /** Threads of one operator. */
  readonly threads: number;
}

/**
 * Returns the options of a session.
 *
 * The arena keeps memory between runs: without it AlexNet's step spends 250 ms
 * in page faults. Memory patterns would keep a second copy of the largest run,
 * 360 MB for that step, and gain no time. Threads that wait do so asleep: as
 * soon as anything else, such as decoding images, wants a core, spinning makes
 * a step 2 to 3 times as long, and on an idle machine it gains under 5 %.
 *
 * @param options See {@link CommonOptions}.
 * @returns What ONNX Runtime is given.
 */
export const commonOptions = (
  { provider, threads }: CommonOptions,
): InferenceSession.SessionOptions => ({
  executionProviders: [provider],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  enableCpuMemArena: true,
  enableMemPattern: false,
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: "0" } } },
});
