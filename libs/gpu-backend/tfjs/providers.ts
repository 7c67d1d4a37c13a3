/**
 * Where TensorFlow.js computes, what each place needs and what it can do.
 *
 * @module
 */
import type { Capabilities } from "../backend.ts";

/** Name of a place where TensorFlow.js computes. */
export type TfjsProvider = "wasm" | "cpu" | "cuda" | "webgpu";

/** A place where TensorFlow.js computes. */
interface TfjsProviderRow {
  /** What it is, in a few words. */
  readonly description: string;
  /** Largest number of threads of one operator. Default: 1024. */
  readonly maxThreads?: number;
  /** The npm package that computes there. */
  readonly library: string;
  /** Name of the backend inside the library. */
  readonly backend: string;
  /** What `deno task engine:install` calls it. */
  readonly installs: string;
  /** What it can do. */
  readonly capabilities: Capabilities;
}

const cpu = {
  enginePerThread: false,
  deviceMemory: false,
  byteProducts: 0,
  interpreted: false,
  stepsPerScan: 1,
} as const;

/** All providers by name, the default first. */
export const tfjsProviders: Readonly<Record<TfjsProvider, TfjsProviderRow>> = {
  wasm: {
    description: "the processor, by WebAssembly, where nothing else runs",
    maxThreads: 1,
    library: "@tensorflow/tfjs-backend-wasm",
    backend: "wasm",
    installs: "tfjs-wasm",
    capabilities: cpu,
  },
  cpu: {
    description: "the processor, by TensorFlow",
    library: "@tensorflow/tfjs-node",
    backend: "tensorflow",
    installs: "tfjs-node",
    capabilities: cpu,
  },
  cuda: {
    description: "an NVIDIA GPU, by TensorFlow",
    library: "@tensorflow/tfjs-node-gpu",
    backend: "tensorflow",
    installs: "tfjs-node-gpu",
    capabilities: { ...cpu, deviceMemory: true },
  },
  webgpu: {
    description: "a GPU, by Deno's own WebGPU",
    maxThreads: 1,
    library: "@tensorflow/tfjs-backend-webgpu",
    backend: "webgpu",
    installs: "tfjs-webgpu",
    capabilities: { ...cpu, deviceMemory: true },
  },
};
