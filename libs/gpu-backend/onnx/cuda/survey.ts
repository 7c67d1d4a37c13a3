/**
 * What of CUDA there is on this machine, for the message when ONNX Runtime
 * cannot start its provider. ONNX Runtime itself says only "Failed to load
 * shared library", whichever is missing.
 *
 * @module
 */
import { Effect } from "effect";
import { readdir, readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import process from "node:process";
import { enginesFolder } from "../../installed.ts";
import { onnxLibrary } from "../providers.ts";
import { neededLibraries } from "./elf.ts";

/** Where a survey looks. */
export interface SurveyPlaces {
  /** The folder of ONNX Runtime's own library. */
  readonly runtime: string;
  /** Folders that the loader searches first. */
  readonly libraryPath: readonly string[];
  /** The loader's list of libraries. */
  readonly loaderCache: string;
  /** Folders that the loader searches last. */
  readonly systemFolders: readonly string[];
  /** Where CUDA is often installed, with `*` in names of folders. */
  readonly usualFolders: readonly string[];
  /** The file in which a loaded driver states its version. */
  readonly driverVersion: string;
}

/** A version of CUDA that lies on the machine. */
export interface CudaInstallation {
  /** Its version, as far as the name of its library says, such as `12.4.127`. */
  readonly version: string;
  /** The folder of its libraries. */
  readonly folder: string;
}

/** What there is. */
export interface CudaSurvey {
  /** Where ONNX Runtime looks for {@link providerLibraries}. */
  readonly runtime: string;
  /** Those that are not there. */
  readonly absent: readonly string[];
  /** What the provider's library loads and the loader does not find. */
  readonly missing: readonly string[];
  /** Folders that hold some of what is missing. */
  readonly elsewhere: Readonly<Record<string, string>>;
  /** What the provider's library needs of CUDA, such as `libcudart.so.13`. */
  readonly needed: readonly string[];
  /** Versions of CUDA, each once. */
  readonly installations: readonly CudaInstallation[];
  /** Version of the NVIDIA driver, where one is loaded. */
  readonly driver?: string;
}

/** What ONNX Runtime loads to compute on CUDA, from its own folder. */
export const providerLibraries: readonly string[] = [
  "libonnxruntime_providers_shared.so",
  "libonnxruntime_providers_cuda.so",
];

/** ONNX Runtime 1.30.0 opens this when it first needs it. */
const cudnn = "libcudnn.so.9";

/**
 * Finds the folder in which ONNX Runtime looks for libraries of providers: that
 * of its own library, and no other.
 *
 * @returns An absolute path.
 */
export const runtimeFolder = (): string =>
  join(
    dirname(createRequire(import.meta.url).resolve(onnxLibrary)),
    "../bin/napi-v6",
    process.platform,
    process.arch,
  );

/**
 * Lists where things lie on a Linux machine.
 *
 * @returns The places.
 */
export const placesHere = (): SurveyPlaces => ({
  runtime: runtimeFolder(),
  libraryPath: split(process.env["LD_LIBRARY_PATH"]),
  loaderCache: "/etc/ld.so.cache",
  systemFolders: ["/lib64", "/usr/lib64", "/lib", "/usr/lib"],
  usualFolders: [
    "/usr/local/cuda*/lib64",
    "/opt/cuda/lib64",
    ...[
      join(enginesFolder, "cuda"),
      ...split(process.env["VIRTUAL_ENV"]),
      ...split(process.env["CONDA_PREFIX"]),
      join(process.cwd(), ".venv"),
      join(process.cwd(), "venv"),
      join(homedir(), ".local"),
      "/usr/local",
      "/usr",
    ].flatMap((root) => [
      join(root, "lib"),
      join(root, "lib/python3*/site-packages/nvidia/*/lib"),
      join(root, "lib/python3*/dist-packages/nvidia/*/lib"),
    ]),
  ],
  driverVersion: "/proc/driver/nvidia/version",
});

/**
 * Looks what of CUDA there is. Loads nothing.
 *
 * @param places Where to look.
 * @returns What there is.
 */
export const surveyCuda: (
  places: SurveyPlaces,
) => Effect.Effect<CudaSurvey> = Effect.fnUntraced(function* (places) {
  const { runtime } = places;
  const present = yield* Effect.promise(() =>
    foldersOf(providerLibraries, [runtime])
  );
  const absent = providerLibraries.filter((name) => !(name in present));
  const loads = yield* neededLibraries(join(runtime, providerLibraries[1]!))
    .pipe(Effect.orElseSucceed((): readonly string[] => []));
  const needed = [...loads.filter((name) => /^libcu/.test(name)), cudnn];
  return yield* Effect.promise(async () => {
    const searched = await searchedBy(places);
    const usual = (await Promise.all(places.usualFolders.map(expanded))).flat();
    const missing = needed.filter((name) => !searched.names.has(name));
    const driver = await textOf(places.driverVersion);
    const version = /Module\s+(?:for \S+\s+)?([\d.]+)/.exec(driver)?.[1];
    return {
      runtime,
      absent,
      missing: absent.length > 0 ? [] : missing,
      elsewhere: await foldersOf(missing, usual),
      needed,
      installations: await installationsIn([...searched.folders, ...usual]),
      ...version !== undefined && { driver: version },
    };
  });
});

/** Names of all libraries that the loader finds, and the folders of them. */
const searchedBy = async (
  { libraryPath, loaderCache, systemFolders }: SurveyPlaces,
) => {
  // The cache is a table of numbers, then names and paths that end in a zero.
  const cached = (await textOf(loaderCache)).split("\0")
    .filter((path) => /^\/[\x20-\x7e]+\.so[.\d]*$/.test(path));
  const folders = [...libraryPath, ...systemFolders];
  const names = (await Promise.all(folders.map(filesOf))).flat();
  return {
    folders: [...new Set([...folders, ...cached.map((path) => dirname(path))])],
    names: new Set([...names, ...cached.map((path) => basename(path))]),
  };
};

/** For each name the first folder that has it. */
const foldersOf = async (
  names: readonly string[],
  folders: readonly string[],
): Promise<Readonly<Record<string, string>>> => {
  const found: Record<string, string> = {};
  for (const folder of folders) {
    for (const name of names) {
      if (!(name in found) && await exists(join(folder, name))) {
        found[name] = folder;
      }
    }
  }
  return found;
};

const installationsIn = async (
  folders: readonly string[],
): Promise<readonly CudaInstallation[]> => {
  const installations = new Map<string, CudaInstallation>();
  for (const folder of folders) {
    const versions = (await filesOf(folder)).flatMap((name) =>
      /^libcudart\.so\.(\d[\d.]*)$/.exec(name)?.[1] ?? []
    );
    const version = versions.sort((a, b) => b.length - a.length)[0];
    if (version !== undefined && !installations.has(version)) {
      installations.set(version, { version, folder });
    }
  }
  return [...installations.values()];
};

/** Folders of a pattern whose names may contain `*`. */
const expanded = async (pattern: string): Promise<readonly string[]> => {
  let folders: readonly string[] = ["/"];
  for (const part of pattern.split("/").slice(1)) {
    const [start, end] = part.split("*");
    const found = await Promise.all(
      folders.map(async (folder) =>
        end === undefined ? [join(folder, part)] : (await filesOf(folder))
          .filter((file) => file.startsWith(start!) && file.endsWith(end))
          .sort().map((file) => join(folder, file))
      ),
    );
    folders = found.flat();
  }
  return folders;
};

const split = (list = ""): readonly string[] =>
  list.split(delimiter).filter((folder) => folder !== "");

const filesOf = (folder: string): Promise<readonly string[]> =>
  readdir(folder).catch(() => []);

const textOf = (path: string): Promise<string> =>
  readFile(path, "latin1").catch(() => "");

const exists = (path: string): Promise<boolean> =>
  stat(path).then(() => true, () => false);
