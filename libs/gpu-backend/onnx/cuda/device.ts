/**
 * The GPU that ONNX Runtime's provider for CUDA computes on, and how exactly.
 *
 * @module
 */
import { Effect } from "effect";
import process from "node:process";
import { ProviderMissingError } from "../../errors.ts";
import { nvidiaGpus } from "../../nvidia_gpus.ts";

/**
 * Has CUDA multiply floats as they are, and names the GPU.
 *
 * By default ONNX Runtime lets CUDA's libraries round factors to 10 bits
 * (TF32), and its package for Node has no option against it; these libraries
 * read the environment when they are loaded.
 *
 * @returns Its name, or `ProviderMissingError` where the runtime hands no
 * variables of the environment on to libraries.
 */
export const cudaDevice: Effect.Effect<
  { readonly name: string },
  ProviderMissingError
> = Effect.suspend(() => {
  if (process.env[precision] !== "0") {
    if (process.versions["bun"] !== undefined) {
      return Effect.fail(
        new ProviderMissingError({
          provider: "cuda",
          rule: "CUDA must be told to multiply floats as they are",
          reason: "Bun hands no variables on to libraries",
          remedy: `start with ${precision}=0 in the environment`,
        }),
      );
    }
    process.env[precision] = "0";
  }
  return Effect.map(nvidiaGpus, (name) => ({ name }));
});

/** Read by cuBLAS and cuDNN. */
const precision = "NVIDIA_TF32_OVERRIDE";
