/**
 * TensorFlow.js with one of its backends.
 *
 * @module
 */
import type { Installer } from "./installer.ts";
import { installNative } from "../tfjs_native/install.ts";
import { installPackages } from "./npm_packages.ts";

/** All packages of TensorFlow.js have the same version. */
export const tfjsVersion = "4.22.0";

const backend = (
  name: string,
  provider: string,
  description: string,
): Installer => ({
  description,
  flags: `--engine tfjs --provider ${provider}`,
  install: (folder) =>
    installPackages(folder, {
      "@tensorflow/tfjs-core": tfjsVersion,
      [`@tensorflow/tfjs-backend-${name}`]: tfjsVersion,
    }),
});

/** TensorFlow.js in WebAssembly. */
export const tfjsWasm: Installer = backend(
  "wasm",
  "wasm",
  "TensorFlow.js in WebAssembly, on the processor (65 MB)",
);

/** TensorFlow.js on the WebGPU that Deno brings. */
export const tfjsWebgpu: Installer = backend(
  "webgpu",
  "webgpu",
  "TensorFlow.js on Deno's WebGPU (70 MB)",
);

const native = (
  name: string,
  provider: "cpu" | "cuda",
  description: string,
): Installer => ({
  description,
  flags: `--engine tfjs --provider ${provider}`,
  install: (folder) =>
    installNative(folder, { name, version: tfjsVersion, tensorFlow: provider }),
});

/** TensorFlow on the processor. */
export const tfjsNode: Installer = native(
  "@tensorflow/tfjs-node",
  "cpu",
  "TensorFlow 2.21 on the processor (1.7 GB; Linux with pip and g++)",
);

/** TensorFlow on an NVIDIA GPU. */
export const tfjsNodeGpu: Installer = native(
  "@tensorflow/tfjs-node-gpu",
  "cuda",
  "TensorFlow 2.21 with CUDA 12 on an NVIDIA GPU (9 GB; Linux with pip and g++)",
);
