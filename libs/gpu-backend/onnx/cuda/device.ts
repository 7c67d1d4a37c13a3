/**
 * The GPU that ONNX Runtime's provider for CUDA computes on, and how exactly.
 *
 * @module
 */
import { Effect } from "effect";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { ProviderMissingError } from "../../errors.ts";

/** Says where the driver of Linux tells what GPUs there are. */
const driverFolder = "/proc/driver/nvidia/gpus";

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
  return Effect.map(namesOf(driverFolder), (names) => ({
    name: names.length > 0 ? names.join(" and ") : "an NVIDIA GPU",
  }));
});

/** Read by cuBLAS and cuDNN. */
const precision = "NVIDIA_TF32_OVERRIDE";

/**
 * Reads what GPUs there are, each model once. CUDA itself may number several
 * models in another order, so all of them are named.
 *
 * @param folder Where the driver tells.
 * @returns Their names, such as `NVIDIA H200`; none where it does not tell.
 */
export const namesOf = (folder: string): Effect.Effect<readonly string[]> =>
  Effect.promise(async () => {
    const devices = await readdir(folder).catch(() => []);
    const texts = await Promise.all(
      devices.sort().map((device) =>
        readFile(join(folder, device, "information"), "utf8").catch(() => "")
      ),
    );
    const names = texts.flatMap((text) =>
      /^Model:\s*(.*\S)\s*$/m.exec(text)?.[1] ?? []
    );
    return [...new Set(names)];
  });
