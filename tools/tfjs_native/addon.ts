/**
 * The addon of `@tensorflow/tfjs-node`, compiled by one call of the C++
 * compiler: as its `binding.gyp` says, with the headers of Node-API from npm
 * instead of those of an installed Node, which not every machine has.
 *
 * @module
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InstallError, run } from "../engine_install/installer.ts";

const compiler = () => Deno.env.get("CXX") ?? "c++";

const compilerHelps = "install a C++ compiler, on Debian and Ubuntu by " +
  "apt install g++, or name one by CXX=PATH";

/** Fails with `InstallError` where there is no C++ compiler. */
export const checkCompiler = async (): Promise<void> => {
  await run(compiler(), ["--version"], compilerHelps);
};

/**
 * Finds the addon.
 *
 * @param folder Where engines are installed.
 * @param name The package.
 * @returns Where the package looks for it.
 */
export const addonOf = (folder: string, name: string): string =>
  join(folder, "node_modules", name, "lib/napi-v8/tfjs_binding.node");

/**
 * Compiles the addon.
 *
 * @param folder Where engines are installed.
 * @param name The package; its `binding/` has the sources.
 * @param library The folder of TensorFlow, with `include/` and libraries.
 */
export const buildAddon = async (
  folder: string,
  name: string,
  library: string,
): Promise<void> => {
  const addon = addonOf(folder, name);
  const binding = join(folder, "node_modules", name, "binding");
  await mkdir(dirname(addon), { recursive: true });
  const part = `${addon}.part`;
  try {
    const { success, stderr } = await run(
      compiler(),
      [
        ...["-shared", "-fPIC", "-O2", "-std=c++17", "-w", "-DNAPI_VERSION=8"],
        ...["-I", join(folder, "node_modules/node-api-headers/include")],
        ...["-I", join(library, "include")],
        join(binding, "tfjs_backend.cc"),
        join(binding, "tfjs_binding.cc"),
        // The libraries have these names only, without links for a linker.
        join(library, "libtensorflow_cc.so.2"),
        join(library, "libtensorflow_framework.so.2"),
        `-Wl,-rpath,${library}`,
        ...["-o", part],
      ],
      compilerHelps,
    );
    if (!success) {
      throw new InstallError(
        `${compiler()} could not build its addon: it says "${
          stderr.trim().split("\n").filter((line) => /error/.test(line))
            .slice(0, 3).join(" ")
        }"`,
      );
    }
    await rename(part, addon);
  } finally {
    await rm(part, { force: true });
  }
};
