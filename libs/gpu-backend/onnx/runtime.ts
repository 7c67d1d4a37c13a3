/**
 * ONNX Runtime as the package `onnxruntime-node` gives it: loaded when first
 * needed, its sessions opened and released. No other file imports it.
 *
 * @module
 */
import { Effect, type Scope } from "effect";
import type { InferenceSession } from "onnxruntime-node";
import { EngineUnavailableError, ProviderMissingError } from "../errors.ts";
import { encode, type EncodedModel } from "./encode.ts";
import { modelWriter } from "./model.ts";

/** The module `onnxruntime-node`. */
export type OnnxRuntime = typeof import("onnxruntime-node");

/** Where ONNX Runtime computes. */
export type OnnxProvider = "cpu" | "webgpu" | "cuda";

/** How sessions are opened. */
export interface SessionSettings {
  /** Where to compute. */
  readonly provider: OnnxProvider;
  /** Threads of one operator, at least 1. */
  readonly threads: number;
  /**
   * Path that the file of timings begins with, one or two files a program, in the
   * format of Chrome's tracing; none is written when absent.
   */
  readonly profile?: string;
}

/**
 * Loads the library, once.
 *
 * @returns The library, or `EngineUnavailableError` when its package or its
 * binary is missing.
 */
export const loadRuntime: Effect.Effect<OnnxRuntime, EngineUnavailableError> =
  Effect.tryPromise({
    try: () => import("onnxruntime-node"),
    catch: (cause) =>
      new EngineUnavailableError({
        library: "onnxruntime-node",
        reason: messageOf(cause),
      }),
  }).pipe(Effect.tap((runtime) =>
    Effect.sync(() => {
      runtime.env.logLevel = "fatal";
    })
  ));

/**
 * Checks that the library can compute where it is asked to, by opening a
 * session on one element. It never falls back to another provider.
 *
 * @param runtime The library.
 * @param settings Where to compute.
 * @returns Nothing, or `ProviderMissingError` when it cannot.
 */
export const checkProvider = Effect.fn("checkProvider")(function* (
  runtime: OnnxRuntime,
  settings: SessionSettings,
): Effect.fn.Return<void, ProviderMissingError> {
  const writer = modelWriter();
  const port = { shape: [1], dtype: "float32" } as const;
  const x = writer.input({ ...port, name: "x" });
  writer.output({ ...port, name: "y" }, writer.node("y", "Relu", [x])[0]);
  const model = yield* Effect.orDie(
    encode(writer.finish(), { external: false }),
  );
  yield* openSession(runtime, model, settings).pipe(
    Effect.scoped,
    Effect.mapError((reason) =>
      new ProviderMissingError({
        provider: settings.provider,
        rule: needs[settings.provider].rule,
        builtIn: runtime.listSupportedBackends()
          .filter(({ bundled }) => bundled)
          .map(({ name }) => name),
        remedy: needs[settings.provider].remedy,
        reason: reason.replace(/^.* was false\. /, ""),
      })
    ),
  );
});

/** What a provider needs, and what to do where it is missing. */
const needs: Readonly<
  Record<OnnxProvider, { readonly rule: string; readonly remedy: string }>
> = {
  cpu: {
    rule: "ONNX Runtime must work on this processor",
    remedy: "reinstall onnxruntime-node",
  },
  webgpu: {
    rule: "it must find a GPU with a driver that it can use",
    remedy: "install a driver for Vulkan, Metal or Direct3D 12, or choose " +
      "--provider cpu",
  },
  cuda: {
    rule: "it must find its libraries and an NVIDIA GPU",
    remedy: "put ONNX Runtime's library for CUDA beside that of " +
      "onnxruntime-node, and CUDA and cuDNN on the library path, or choose " +
      "--provider cpu",
  },
};

/**
 * Opens a session, to be released with the scope.
 *
 * @param runtime The library.
 * @param model What to run.
 * @param settings How.
 * @returns The session, or what the library says when it refuses the model.
 */
export const openSession = (
  runtime: OnnxRuntime,
  { bytes, externalData }: EncodedModel,
  settings: SessionSettings,
): Effect.Effect<InferenceSession, string, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () =>
        runtime.InferenceSession.create(bytes, {
          ...sessionOptions(settings),
          externalData,
        }),
      catch: messageOf,
    }),
    (session) =>
      Effect.promise(() => {
        if (settings.profile !== undefined) session.endProfiling();
        return session.release();
      }),
  );

/**
 * The arena keeps memory between runs: without it AlexNet's step spends 250 ms
 * in page faults. Memory patterns would keep a second copy of the largest run,
 * 360 MB for that step, and gain no time. Threads that wait do so asleep: as
 * soon as anything else, such as decoding images, wants a core, spinning makes
 * a step 2 to 3 times as long, and on an idle machine it gains under 5 %.
 */
const sessionOptions = (
  { provider, threads, profile }: SessionSettings,
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
  ...profile === undefined
    ? {}
    : { enableProfiling: true, profileFilePrefix: profile },
});

/**
 * What went wrong, in the words of the library.
 *
 * @param cause What was thrown.
 * @returns Its message on one line.
 */
export const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause))
    .trim().replaceAll(/\s+/g, " ");
