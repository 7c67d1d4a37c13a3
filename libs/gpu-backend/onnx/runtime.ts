/**
 * ONNX Runtime as the package `onnxruntime-node` gives it: loaded when first
 * needed, its sessions opened and released. No other file imports it.
 *
 * @module
 */
import {
  encode,
  type EncodedModel,
  modelWriter,
} from "@deepcluster/onnx-format";
import { Effect, type Scope } from "effect";
import type { InferenceSession } from "onnxruntime-node";
import type { EngineSettings } from "../engine.ts";
import { EngineUnavailableError, ProviderMissingError } from "../errors.ts";
import { messageOf } from "../failures.ts";
import { type WhyMissing, whyNoCuda } from "./cuda/why_no_cuda.ts";
import { type CommonOptions, commonOptions } from "./session_options.ts";
import { onnxLibrary, type OnnxProvider, onnxProviders } from "./providers.ts";

/** The module `onnxruntime-node`. */
export type OnnxRuntime = typeof import("onnxruntime-node");

/** How sessions are opened. */
export type SessionSettings = EngineSettings<OnnxProvider>;

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
        engine: "onnx",
        library: onnxLibrary,
        reason: `does not load: ${messageOf(cause)}`,
        remedy: "run deno install, or choose --engine reference for tiny sizes",
      }),
  }).pipe(Effect.tap((runtime) =>
    Effect.sync(() => {
      runtime.env.logLevel = "fatal";
    })
  ));

/**
 * Checks that the library can compute on a provider, by a convolution of one
 * element: CUDA's provider starts without cuDNN, and fails when it needs it.
 * It never falls back to another provider.
 *
 * On WebGPU the session of that convolution stays open while the scope lasts:
 * with its last session the library (1.30.0) closes the device, and forgets the
 * shaders that it compiled. On SwiftShader the first run of three operators
 * takes 1.2 s when no other session is open, and 8 ms when one is. It writes no
 * profile: that is for the sessions of programs.
 *
 * @param runtime The library.
 * @param settings Where to compute.
 * @returns Nothing, or `ProviderMissingError` when it cannot.
 */
export const checkProvider: (
  runtime: OnnxRuntime,
  settings: SessionSettings,
) => Effect.Effect<void, ProviderMissingError, Scope.Scope> = Effect.fn(
  "checkProvider",
)(
  function* (runtime, settings) {
    const writer = modelWriter();
    const port = { shape: [1, 1, 1, 1], dtype: "float32" } as const;
    const x = writer.input({ ...port, name: "x" });
    writer.output({ ...port, name: "y" }, writer.node("y", "Conv", [x, x])[0]);
    const model = yield* Effect.orDie(
      encode(writer.finish(), { external: false }),
    );
    const { provider } = settings;
    const one = new runtime.Tensor("float32", Float32Array.of(1), port.shape);
    const { profile: _, ...unprofiled } = settings;
    const checked = openSession(runtime, model, unprofiled).pipe(
      Effect.flatMap((session) =>
        Effect.tryPromise({
          try: () => session.run({ x: one }),
          catch: messageOf,
        })
      ),
    );
    yield* (provider === "webgpu" ? checked : Effect.scoped(checked)).pipe(
      Effect.catch((reason) =>
        Effect.flatMap(
          whyMissing(runtime, provider, reason),
          (why) => Effect.fail(new ProviderMissingError({ provider, ...why })),
        )
      ),
    );
  },
);

/** What the provider lacks, which is looked for when it did not start. */
const whyMissing = (
  runtime: OnnxRuntime,
  provider: OnnxProvider,
  said: string,
): Effect.Effect<WhyMissing> => {
  if (provider === "cuda") return whyNoCuda(said);
  const { requirement: rule, remedy } = onnxProviders[provider];
  return Effect.succeed({
    rule,
    reason: `ONNX Runtime ${codeFor(provider, runtime)} and says ` +
      `"${said.replace(/^.* was false\. /, "")}"`,
    remedy,
  });
};

/** Whether the library came with the code of a provider. */
const codeFor = (provider: OnnxProvider, runtime: OnnxRuntime): string => {
  const bundled = runtime.listSupportedBackends()
    .flatMap(({ name, bundled }) => bundled ? [name] : []);
  return bundled.includes(provider)
    ? `has the code of ${provider}`
    : `comes with the code of ${bundled.join(" and ")} only`;
};

/**
 * Opens a session, to be released with the scope.
 *
 * @param runtime The library.
 * @param model As encoded, or the path of a file.
 * @param settings How.
 * @param resident Names of the outputs that stay on the GPU. Default: none, all
 * come to the memory of the process.
 * @returns The session, or what the library says when it refuses the model.
 */
export const openSession = (
  runtime: OnnxRuntime,
  model: EncodedModel | { readonly path: string },
  settings: SessionSettings & Pick<CommonOptions, "spins">,
  resident: Iterable<string> = [],
): Effect.Effect<InferenceSession, string, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () => {
        const { InferenceSession } = runtime;
        const options = sessionOptions(settings, [...resident]);
        if ("path" in model) {
          return InferenceSession.create(model.path, options);
        }
        const { bytes, externalData } = model;
        return InferenceSession.create(bytes, { ...options, externalData });
      },
      catch: messageOf,
    }),
    (session) =>
      Effect.promise(() => {
        if (settings.profile !== undefined) session.endProfiling();
        return session.release();
      }),
  );

const sessionOptions = (
  { profile, ...settings }: SessionSettings & Pick<CommonOptions, "spins">,
  resident: readonly string[],
): InferenceSession.SessionOptions => {
  const { provider } = settings;
  const common = commonOptions(settings);
  return {
    ...common,
    ...resident.length > 0 && {
      preferredOutputLocation: Object.fromEntries(
        resident.map((name) => [name, "gpu-buffer"]),
      ),
    },
    // Else CUDA may add in whatever order its threads come.
    ...provider === "cuda" && {
      extra: {
        session: {
          ...common.extra!["session"] as object,
          use_deterministic_compute: "1",
        },
      },
    },
    ...profile === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: profile },
  };
};
