/**
 * The JavaScript of `@tensorflow/tfjs-node-gpu`, for tests that simulate its
 * addon: without the 300 MB that it depends on and that its kernels do not use.
 *
 * @module
 */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Installer } from "./installer.ts";
import {
  installedVersion,
  installPackages,
  unpackPackage,
} from "./npm_packages.ts";
import { tfjsVersion } from "./tfjs.ts";

const name = "@tensorflow/tfjs-node-gpu";

/** The kernels of `@tensorflow/tfjs-node-gpu`. */
export const tfjsKernels: Installer = {
  description: `the JavaScript of ${name}, for our own tests (70 MB)`,
  install: async (folder) => {
    const core = await installPackages(folder, {
      "@tensorflow/tfjs-core": tfjsVersion,
      "@tensorflow/tfjs-backend-cpu": tfjsVersion,
    });
    const target = join(folder, "tfjs-kernels");
    if (await installedVersion(target, name) === tfjsVersion) {
      return `Installed already: ${name} ${tfjsVersion} in ${target}`;
    }
    const part = `${target}.part`;
    await rm(part, { recursive: true, force: true });
    try {
      const modules = join(part, "node_modules");
      await unpackPackage(name, tfjsVersion, join(modules, name));
      await unpackPackage(
        "google-protobuf",
        "3.21.4",
        join(modules, "google-protobuf"),
      );
      await forwardToCore(join(modules, "@tensorflow/tfjs"));
      await rm(target, { recursive: true, force: true });
      await rename(part, target);
    } finally {
      await rm(part, { recursive: true, force: true });
    }
    return `${core}\nInstalled ${name} ${tfjsVersion} in ${target}`;
  },
};

/** The kernels use the core only, of the package that brings all. */
const forwardToCore = async (folder: string) => {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "index.js"),
    'module.exports = require("@tensorflow/tfjs-core");\n',
  );
};
