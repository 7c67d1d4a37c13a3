/**
 * Where ONNX Runtime computes, what each place needs and what it can do.
 *
 * @module
 */
import type { Capabilities } from "../backend.ts";

/** The package of ONNX Runtime for Node, Bun and Deno. */
export const onnxLibrary = "onnxruntime-node";

/** A place where ONNX Runtime computes. */
interface OnnxProviderRow {
  /** What it is, in a few words. */
  readonly description: string;
  /** What must hold for it to be used. */
  readonly requirement: string;
  /** What to do where that does not hold. */
  readonly remedy: string;
  /** What it can do, except what only a measurement shows. */
  readonly capabilities: Omit<Capabilities, "byteProducts">;
}

/** Name of an ONNX Runtime provider. */
export type OnnxProvider = "cpu" | "webgpu" | "cuda";

const gpu = {
  enginePerThread: false,
  deviceMemory: true,
  interpreted: false,
  stepsPerScan: 1,
} as const;

/** All providers by name, the default first. */
export const onnxProviders: Readonly<Record<OnnxProvider, OnnxProviderRow>> = {
  cpu: {
    description: "the processor",
    requirement: "ONNX Runtime must work on this processor",
    remedy: "reinstall onnxruntime-node",
    capabilities: {
      enginePerThread: true,
      deviceMemory: false,
      interpreted: false,
      // Between two runs JavaScript works for 0.4 ms, in caches gone cold.
      stepsPerScan: 8,
      scanBytes: 2 ** 23,
    },
  },
  webgpu: {
    description: "a GPU, by Vulkan, Metal or Direct3D 12",
    requirement: "it must find a GPU with a driver that it can use",
    remedy: "install a driver for Vulkan, Metal or Direct3D 12, or choose " +
      "--provider cpu",
    capabilities: gpu,
  },
  cuda: {
    description: "an NVIDIA GPU, by CUDA",
    requirement: "it must find its libraries and an NVIDIA GPU",
    remedy: "run deno task engine:install onnx-cuda, or choose --provider cpu",
    // AlexNet: 980 MB of state cross a scan, 150 MB of images a step.
    capabilities: { ...gpu, stepsPerScan: 8 },
  },
};
