/**
 * The engines that can be installed, by the name that a user types. To add one,
 * write its {@link Installer} in a file beside this one, and a row here.
 *
 * @module
 */
import type { Installer } from "./installer.ts";
import { onnxCuda } from "./onnx_cuda.ts";
import { tfjsNode, tfjsNodeGpu, tfjsWasm, tfjsWebgpu } from "./tfjs.ts";
import { tfjsKernels } from "./tfjs_kernels.ts";

/** Installers by name. */
export const installers: Readonly<Record<string, Installer>> = {
  "onnx-cuda": onnxCuda,
  "tfjs-wasm": tfjsWasm,
  "tfjs-webgpu": tfjsWebgpu,
  "tfjs-node": tfjsNode,
  "tfjs-node-gpu": tfjsNodeGpu,
  "tfjs-kernels": tfjsKernels,
};
