/**
 * TensorFlow itself, through the addon of `@tensorflow/tfjs-node` or
 * `@tensorflow/tfjs-node-gpu`: how it is set up before it loads, and what it
 * computes on.
 *
 * It reads its settings from the environment, once a process.
 *
 * @module
 */
import { Effect } from "effect";
import process from "node:process";
import util from "node:util";
import { ProviderMissingError } from "../errors.ts";
import { loadInstalled } from "../installed.ts";
import { nvidiaGpus } from "../nvidia_gpus.ts";
import { tfjsProviders } from "./providers.ts";
import type { Tf } from "./tfjs_types.ts";

/** How TensorFlow is opened. */
export interface TensorFlowSettings {
  /** Which package. */
  readonly provider: "cpu" | "cuda";
  /** Threads of one operator. */
  readonly threads: number;
}

/** TensorFlow's backend of the library, as far as it is used. */
export interface TensorFlowBackend {
  /** Whether TensorFlow has found a GPU. */
  readonly isUsingGpuDevice: boolean;
  /** Whether it is that of `@tensorflow/tfjs-node-gpu`. */
  readonly isGPUPackage: boolean;
  /** The addon. */
  readonly binding: {
    /** Version of TensorFlow. */
    readonly TF_Version: string;
    /** Counts the tensors that TensorFlow holds for the library. */
    getNumOfTensors(): number;
  };
}

/** What TensorFlow was opened with in this process. */
let opened: TensorFlowSettings | undefined;

/**
 * Loads TensorFlow, with the threads, and on a GPU with products as exact and
 * sums as repeatable as on the processor.
 *
 * @param settings See {@link TensorFlowSettings}.
 * @returns The library, with the backend `tensorflow`; or what is wrong with
 * its package, as a predicate; or `ProviderMissingError` when this process has
 * it open with other settings.
 */
export const loadTensorFlow: (
  settings: TensorFlowSettings,
) => Effect.Effect<Tf, string | ProviderMissingError> = Effect.fnUntraced(
  function* (settings) {
    const { provider, threads } = settings;
    yield* prepare(settings);
    const tf = yield* Effect.mapError(
      loadInstalled(tfjsProviders[provider].library) as Effect.Effect<
        Tf,
        string
      >,
      (reason) =>
        /tfjs_binding\.node\) can not be found/.test(reason)
          ? "has no addon for this system yet"
          : `does not load: ${reason}`,
    );
    opened ??= settings;
    if (opened.provider !== provider || opened.threads !== threads) {
      return yield* new ProviderMissingError({
        provider,
        rule: "TensorFlow opens once a process",
        reason: `it is open on ${opened.provider} with ` +
          `threads=${opened.threads}, not ${threads}`,
        remedy: "use the same, or another process",
      });
    }
    return tf;
  },
);

/**
 * Names what TensorFlow computes on.
 *
 * @param tf The library, the backend `tensorflow` active.
 * @param provider What it is to compute on.
 * @returns TensorFlow's version and the GPU; or `ProviderMissingError` where it
 * finds no GPU and is to compute on one.
 */
export const tensorFlowVersionOf = (
  tf: Tf,
  provider: TensorFlowSettings["provider"],
): Effect.Effect<string, ProviderMissingError> => {
  const { binding, isUsingGpuDevice } = tf.backend() as TensorFlowBackend;
  const version = `TensorFlow ${binding.TF_Version}`;
  if (provider === "cpu") return Effect.succeed(version);
  return isUsingGpuDevice
    ? Effect.map(nvidiaGpus, (name) => `${version} on ${name}`)
    : Effect.fail(
      new ProviderMissingError({
        provider,
        rule: "TensorFlow must find a GPU",
        reason: `${version} finds no NVIDIA GPU`,
        remedy: "see whether nvidia-smi lists one, and what TensorFlow says " +
          "with TF_CPP_MIN_LOG_LEVEL=0; or choose --provider cpu",
      }),
    );
};

const prepare = (
  { provider, threads }: TensorFlowSettings,
): Effect.Effect<void, ProviderMissingError> =>
  Effect.suspend(() => {
    // Two functions that Node 23 and Deno no longer have.
    const functions = util as unknown as Record<string, unknown>;
    functions["isNullOrUndefined"] ??= (value: unknown) => value == null;
    functions["isArray"] ??= Array.isArray;
    process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "1"; // no word of all being well
    const settings = Object.entries({
      // A convolution's gradient of oneDNN's in TensorFlow 2.21 writes beyond
      // its memory, from Python as well.
      TF_ENABLE_ONEDNN_OPTS: "0",
      TF_NUM_INTRAOP_THREADS: `${threads}`,
      ...provider === "cuda" && {
        NVIDIA_TF32_OVERRIDE: "0", // no factors of 10 bits
        TF_DETERMINISTIC_OPS: "1",
      },
    }).filter(([name, value]) => process.env[name] !== value);
    if (settings.length > 0 && process.versions["bun"] !== undefined) {
      return Effect.fail(
        new ProviderMissingError({
          provider,
          rule: "the environment must hold TensorFlow's settings",
          reason: "Bun does not hand on what a program sets there",
          remedy: `start with ${
            settings.map((words) => words.join("=")).join(" ")
          }, or use Deno or Node`,
        }),
      );
    }
    if (opened === undefined) {
      Object.assign(process.env, Object.fromEntries(settings));
    }
    return Effect.void;
  });
