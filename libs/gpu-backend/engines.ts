/**
 * The engines there are, once: flags, settings, `doctor` and the choice of an
 * engine all read this table.
 *
 * To add an engine, in a folder of its own as `onnx` and `tfjs`:
 *
 * 1. `providers.ts`: its packages and its providers with what they can do
 *    (`Capabilities` in `backend.ts`);
 * 2. `executor.ts`: its layer, which implements `Backend`; a graph becomes an
 *    `Execution`, of which `programOf` of `program.ts` makes the program. Its
 *    package is loaded when the layer is built, and imported nowhere else; one
 *    that `deno.json` does not name is found by `installed.ts`, and has a row
 *    in `tools/engine_install/installers.ts`;
 * 3. a row in {@link engines}; `deno task fix:settings` then writes the new
 *    help of the flags into `docs/settings.md`;
 * 4. `executor_test.ts`: calls `conformanceTests` of
 *    `conformance/conformance_testing.ts`, the tests that every executor passes.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
import { Effect, Layer } from "effect";
import type { Engine } from "./engine.ts";
import {
  onnxLibrary,
  type OnnxProvider,
  onnxProviders,
} from "./onnx/providers.ts";
import { type TfjsProvider, tfjsProviders } from "./tfjs/providers.ts";

/** All engines by name, the default first. */
export const engines: {
  readonly onnx: Engine<OnnxProvider>;
  readonly tfjs: Engine<TfjsProvider>;
  readonly reference: Engine<"cpu">;
} = {
  onnx: {
    description: "ONNX Runtime",
    library: onnxLibrary,
    providers: onnxProviders,
    layer: (settings) =>
      loadModule<typeof import("./onnx/executor.ts")>(
        new URL("./onnx/executor.ts", import.meta.url),
      ).pipe(Effect.map(({ layerOnnx }) => layerOnnx(settings)), Layer.unwrap),
  },
  tfjs: {
    description: "TensorFlow.js",
    providers: tfjsProviders,
    layer: (settings) =>
      loadModule<typeof import("./tfjs/executor.ts")>(
        new URL("./tfjs/executor.ts", import.meta.url),
      ).pipe(Effect.map(({ layerTfjs }) => layerTfjs(settings)), Layer.unwrap),
  },
  reference: {
    description: "plain TypeScript, for tiny sizes",
    providers: { cpu: { description: "the processor", maxThreads: 1 } },
    layer: () =>
      loadModule<typeof import("./reference.ts")>(
        new URL("./reference.ts", import.meta.url),
      ).pipe(Effect.map(({ layerReference }) => layerReference), Layer.unwrap),
  },
};

/** The value of `provider` that stands for the fastest. */
export const autoProvider = "auto";

/** Name of an engine. */
export type EngineName = keyof typeof engines;

/** Name of a provider of some engine. */
export type ProviderName = {
  [E in EngineName]: keyof (typeof engines)[E]["providers"];
}[EngineName];

/** Names of all engines, the default first. */
export const engineNames: readonly EngineName[] = Object
  .keys(engines) as EngineName[];

/**
 * Lists where an engine can compute.
 *
 * @param engine Which one.
 * @returns Names of its providers, the default first.
 */
export const providersOf = (engine: EngineName): readonly ProviderName[] =>
  Object.keys(engines[engine].providers) as ProviderName[];

/** Names of the providers of all engines, each once. */
export const providerNames: readonly ProviderName[] = [
  ...new Set(engineNames.flatMap(providersOf)),
];
