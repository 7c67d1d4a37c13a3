/**
 * ONNX Runtime's provider for CUDA. The npm package brings its library without
 * it; Python's package of the same version holds it.
 *
 * @module
 */
import {
  cudaAdvice,
  providerLibraries,
  runtimeFolder,
} from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { dirname, join } from "node:path";
import { type Installer, InstallError, run } from "./installer.ts";

/** Where packages come from. */
export interface Sources {
  /** The program that is Python. */
  readonly python: string;
  /** The folder of ONNX Runtime's own library. */
  readonly runtime: string;
  /** The version of that library: both must be of one build. */
  readonly version: string;
}

/**
 * Installs the provider's libraries.
 *
 * ONNX Runtime looks for them beside its own library, so links to them lie
 * there; they lie in the folder of the engines.
 *
 * @param folder The folder of the engines.
 * @param sources See {@link Sources}.
 * @returns What was done, as a sentence. Fails with {@link InstallError}, and
 * then leaves all as it was.
 */
export const installProvider = async (
  folder: string,
  { python, runtime, version }: Sources,
): Promise<string> => {
  const target = join(folder, `onnx-cuda-${version}`);
  const present = await Promise.all(
    providerLibraries.map((name) => exists(join(target, name))),
  );
  const installed = present.every(Boolean);
  if (!installed) await fetchLibraries(python, version, target);
  for (const name of providerLibraries) {
    await replaceByLink(join(target, name), join(runtime, name));
  }
  const what = `ONNX Runtime's libraries for CUDA, ${version}, in ${target}`;
  return installed ? `Installed already: ${what}` : `Installed ${what}`;
};

/** The provider for CUDA, of the version that the project pins. */
export const onnxCuda: Installer = {
  description: "ONNX Runtime on NVIDIA GPUs, Linux x64 (272 MB)",
  flags: "--provider cuda",
  install: async (folder) => {
    if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
      throw new InstallError(
        `ONNX Runtime has it for Linux on x64 only: this is ${Deno.build.os} ` +
          `${Deno.build.arch}; use --provider webgpu`,
      );
    }
    const runtime = runtimeFolder();
    const version = await versionOf(runtime);
    const done = await installProvider(folder, {
      python: "python3",
      runtime,
      version,
    });
    return `${done}\n${await Effect.runPromise(cudaAdvice)}`;
  },
};

/** The version of the package that holds ONNX Runtime's own library. */
const versionOf = async (runtime: string): Promise<string> => {
  const manifest = join(runtime, "../../../../package.json");
  return JSON.parse(await Deno.readTextFile(manifest)).version;
};

/** Has pip fetch the package, which checks its SHA-256, and unpacks two files. */
const fetchLibraries = async (
  python: string,
  version: string,
  target: string,
) => {
  const folder = dirname(target);
  await Deno.mkdir(folder, { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: folder });
  try {
    await downloadWheel(python, version, scratch);
    const unpacked = join(scratch, "unpacked");
    await Deno.mkdir(unpacked);
    const { success, stderr } = await python3(python, [
      ...["-c", unpack, scratch, unpacked],
      ...providerLibraries,
    ]);
    if (!success) {
      throw new InstallError(
        `the package holds other files: ${lastLine(stderr)}`,
      );
    }
    await Deno.rename(unpacked, target);
  } finally {
    await Deno.remove(scratch, { recursive: true });
    await Deno.remove(folder).catch(() => {}); // Only if nothing is there.
  }
};

const downloadWheel = async (
  python: string,
  version: string,
  folder: string,
) => {
  const name = `onnxruntime-gpu==${version}`;
  const { success, stderr } = await python3(python, [
    ...["-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder],
    // The libraries are the same for all versions of Python.
    ...["--only-binary=:all:", "--python-version=3.12"],
    ...["--platform=manylinux_2_28_x86_64", name],
  ]);
  if (success) return;
  throw new InstallError(
    `pip could not fetch ${name}: it says "${lastLine(stderr)}"; or have npm ` +
      "fetch its own: ONNXRUNTIME_NODE_INSTALL=cuda12 node " +
      "node_modules/onnxruntime-node/script/install.js",
  );
};

const python3 = (python: string, args: readonly string[]) =>
  run(python, args, "install Python 3 with pip, which fetches the package");

/** Unpacks files of the one wheel in a folder into another. */
const unpack = `
import glob, shutil, sys, zipfile
source, target, *names = sys.argv[1:]
with zipfile.ZipFile(glob.glob(source + "/*.whl")[0]) as wheel:
    for name in names:
        with wheel.open("onnxruntime/capi/" + name) as packed:
            with open(target + "/" + name, "wb") as file:
                shutil.copyfileobj(packed, file)
`;

const lastLine = (text: string): string =>
  text.trim().split("\n").at(-1)!.replace(/^ERROR: /, "");

const replaceByLink = async (path: string, link: string) => {
  await Deno.remove(link).catch(() => {});
  await Deno.symlink(path, link);
};

const exists = (path: string): Promise<boolean> =>
  Deno.stat(path).then(() => true, () => false);
