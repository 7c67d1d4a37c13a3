/**
 * Tries a built addon in a process of its own, which a broken library may end:
 * `trial.ts PACKAGE.JSON NAME` prints what it found.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * Multiplies two matrices with a package.
 *
 * @param folder Where engines are installed.
 * @param name The package.
 * @returns A sentence on what it computed with, or on what failed.
 */
export const tryAddon = async (
  folder: string,
  name: string,
): Promise<{ result: string } | { failure: string }> => {
  const { code, success, stdout, stderr } = await new Deno.Command(
    Deno.execPath(),
    {
      args: [
        ...["run", "-A", "--no-config", "--no-lock", "--node-modules-dir=none"],
        fileURLToPath(import.meta.url),
        join(folder, "package.json"),
        name,
      ],
      env: { TF_CPP_MIN_LOG_LEVEL: "3", NO_COLOR: "1" },
    },
  ).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return success ? { result: text(stdout).split("\n").at(-1)! } : {
    failure: text(stderr).split("\n").find((line) => /rror/.test(line)) ??
      `its process ended with code ${code}`,
  };
};

/** What is used of the package. */
interface Tfjs {
  readonly matMul: (a: unknown, b: unknown) => {
    readonly data: () => Promise<Float32Array>;
  };
  readonly fill: (shape: readonly number[], value: number) => unknown;
  readonly backend: () => {
    readonly binding: { readonly TF_Version: string };
    readonly isUsingGpuDevice: boolean;
  };
}

if (import.meta.main) {
  const [manifest, name] = process.argv.slice(2);
  const require = createRequire(manifest!);
  // The package calls what Node 23 and Deno no longer have.
  const util = require("node:util") as Record<string, unknown>;
  util["isNullOrUndefined"] ??= (value: unknown) => value == null;
  util["isArray"] ??= Array.isArray;
  const tf = require(name!) as Tfjs;
  const product = tf.matMul(tf.fill([64, 32], 2), tf.fill([32, 16], 3));
  assert.deepEqual(await product.data(), new Float32Array(64 * 16).fill(192));
  const { binding, isUsingGpuDevice } = tf.backend();
  const gpuPackage = name!.endsWith("-gpu");
  console.log(
    `TensorFlow ${binding.TF_Version} multiplied two matrices on ` +
      (isUsingGpuDevice
        ? "a GPU"
        : gpuPackage
        ? "the processor, as it finds no GPU: see whether nvidia-smi lists it"
        : "the processor"),
  );
}
