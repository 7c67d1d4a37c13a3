/**
 * `@tensorflow/tfjs-node` and `@tensorflow/tfjs-node-gpu` on a TensorFlow of
 * today: their addon is built against the library that the Python package
 * brings, rather than downloaded with TensorFlow 2.9.1 of 2022, which knows no
 * CUDA 12 and no NVIDIA GPU after Ampere.
 *
 * Called by `deno task engine:install tfjs-node` and `… tfjs-node-gpu`. What it
 * needs is looked for before anything is downloaded.
 *
 * @module
 */
import { InstallError } from "../engine_install/installer.ts";
import {
  checkNpm,
  installedVersion,
  installPackages,
  removePackage,
} from "../engine_install/npm_packages.ts";
import { addonOf, buildAddon, checkCompiler } from "./addon.ts";
import { checkPip, installTensorFlow, type TensorFlow } from "./tensorflow.ts";
import { tryAddon } from "./trial.ts";

/** The package whose addon is built. */
export interface NativePackage {
  /** Its name. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** What it computes with. */
  readonly tensorFlow: TensorFlow;
}

/**
 * Installs TensorFlow and the package, builds the addon, and multiplies two
 * matrices with it.
 *
 * @param folder Where engines are installed.
 * @param native The package.
 * @returns What was done, as a sentence. Fails with `InstallError` when
 * something is missing; the package is then not there, but TensorFlow may be,
 * for another attempt.
 */
export const installNative = async (
  folder: string,
  { name, version, tensorFlow }: NativePackage,
): Promise<string> => {
  if (await installedVersion(folder, name) === version) {
    const tried = await tryAddon(folder, name);
    if ("result" in tried) return `Installed already: ${tried.result}`;
  }
  if (Deno.build.os !== "linux") {
    throw new InstallError(
      `the addon is built here on Linux only, not on ${Deno.build.os}: ` +
        `npm install --prefix ${folder} ${name}@${version} downloads it with ` +
        `TensorFlow 2.9.1, where there is one for this system`,
    );
  }
  await checkCompiler();
  await checkPip();
  await checkNpm();
  const library = await installTensorFlow(folder, tensorFlow);
  try {
    await installPackages(folder, {
      [name]: version,
      "node-api-headers": "1.9.0",
    });
    console.error(`Building the addon of ${name}`);
    await buildAddon(folder, name, library);
    const tried = await tryAddon(folder, name);
    if ("result" in tried) {
      return `Installed ${name} ${version} and built its addon, ` +
        `${addonOf(folder, name)}: ${tried.result}`;
    }
    throw new InstallError(
      `its addon was built but does not start: ${tried.failure}`,
    );
  } catch (error) {
    await removePackage(folder, name);
    throw error;
  }
};
