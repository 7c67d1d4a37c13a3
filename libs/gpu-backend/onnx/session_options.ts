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
  /**
   * Whether threads that wait spin before they sleep, for as long as the next
   * operator of a step is away. Default: they sleep at once.
   */
  readonly spins?: boolean;
}

/**
 * Returns the options of a session.
 *
 * The arena keeps memory between runs: without it AlexNet's step spends 250 ms
 * in page faults. Memory patterns would keep a second copy of the largest run,
 * 360 MB for that step, and gain no time. Threads that wait sleep: as soon as
 * anything else, such as decoding images, wants a core, spinning without end
 * makes a step 1.4 to 3 times as long. Spinning for 50 microseconds costs nothing
 * then, and on an idle machine takes a tenth off the many small operators of a
 * small network's step.
 *
 * @param options See {@link CommonOptions}.
 * @returns What ONNX Runtime is given.
 */
export const commonOptions = (
  { provider, threads, spins = false }: CommonOptions,
): InferenceSession.SessionOptions => ({
  executionProviders: [provider],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  enableCpuMemArena: true,
  enableMemPattern: false,
  logSeverityLevel: 4,
  extra: {
    session: {
      intra_op: spins
        ? { allow_spinning: "1", spin_duration_us: "50" }
        : { allow_spinning: "0" },
    },
  },
});
