/**
 * How our side and PyTorch's are started.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { torchName } from "./measurement.ts";
import { type MissingSide, type Side, startSide } from "./side.ts";

/** A provider of an engine, such as WebGPU of ONNX Runtime. */
export interface EngineProvider {
  readonly engine: string;
  readonly provider: string;
}

/** How our side is started. */
export interface OurOptions extends EngineProvider {
  readonly software: boolean;
  /** Variables that Vulkan and CUDA need. */
  readonly env: Readonly<Record<string, string>>;
  /** Path that files of the engine's timings begin with. Default: none. */
  readonly profile?: string;
  /** Time until it has found its provider. */
  readonly limitMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Name of a provider in the results. */
export const nameOf = ({ engine, provider }: EngineProvider): string =>
  `${engine} ${provider}`;

/**
 * Starts our side.
 *
 * @param options See {@link OurOptions}.
 * @returns The side, or why the provider cannot be used here.
 */
export const startOurs = (
  options: OurOptions,
): Promise<Side | MissingSide> => {
  const { engine, provider, software, env, profile, limitMs, signal } = options;
  return startSide({
    name: nameOf(options),
    command: [
      ...[Deno.execPath(), "run", "-A", pathOf("worker.ts")],
      ...[`--engine=${engine}`, `--provider=${provider}`],
      ...software ? ["--software"] : [],
      ...profile === undefined ? [] : [`--profile=${profile}`],
    ],
    env,
    onGpu: provider !== "cpu" && provider !== "wasm",
    signal,
  }, limitMs);
};

/** Pythons to try, the first that has PyTorch is taken. */
const pythons = [
  "python3",
  "python",
  "/opt/conda/bin/python3",
  "/opt/venv/bin/python3",
  "/usr/bin/python3",
];

/**
 * Starts PyTorch's side.
 *
 * @param python A Python with PyTorch. Default: the first one found.
 * @param limitMs Time until PyTorch is imported.
 * @param signal Ends it.
 * @returns The side, or what the last Python that was tried says.
 */
export const startTorch = async (
  python: string | undefined,
  limitMs: number,
  signal: AbortSignal,
): Promise<Side | MissingSide> => {
  let found: Side | MissingSide | undefined;
  for (const program of python === undefined ? pythons : [python]) {
    found = await startSide({
      name: torchName,
      command: [program, pathOf("torch_baseline.py")],
      env: {},
      onGpu: true,
      signal,
    }, limitMs);
    if (!("missing" in found)) return found;
  }
  return found!;
};

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
