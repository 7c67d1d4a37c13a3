/**
 * The engines there are, once: flags, settings, `doctor` and the choice of an
 * engine all read this table.
 *
 * A new engine is a folder beside `onnx/` with its providers and its layer, and
 * a row here. Its tests are those of every engine (`conformance/`).
 *
 * @module
 */
import type { Engine } from "./engine.ts";
import { layerOnnx } from "./onnx/executor.ts";
import {
  onnxLibrary,
  type OnnxProvider,
  onnxProviders,
} from "./onnx/providers.ts";
import { layerReference } from "./reference.ts";

/** More threads than any machine has cores are a mistake. */
const mostThreads = 1024;

/** All engines by name, the default first. */
export const engines: {
  readonly onnx: Engine<OnnxProvider>;
  readonly reference: Engine<"cpu">;
} = {
  onnx: {
    description: "ONNX Runtime",
    library: onnxLibrary,
    maxThreads: mostThreads,
    providers: onnxProviders,
    layer: layerOnnx,
  },
  reference: {
    description: "plain TypeScript, for tiny sizes",
    maxThreads: 1,
    providers: { cpu: { description: "the processor" } },
    layer: () => layerReference,
  },
};

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
