import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { elfOf } from "./elf_fixture.ts";
import { surveyCuda, type SurveyPlaces } from "./survey.ts";
import assert from "node:assert/strict";

/** What the library of onnxruntime-gpu 1.30.0 needs of CUDA, by readelf -d. */
const needed = [
  "libcublasLt.so.13",
  "libcublas.so.13",
  "libcurand.so.10",
  "libcudart.so.13",
  "libcuda.so.1",
];

/** A machine in a folder: files by path, or what a path links to. */
const machine = Effect.fnUntraced(function* (
  files: (
    at: (path: string) => string,
  ) => Readonly<Record<string, string | Uint8Array | { to: string }>>,
) {
  const root = yield* temporaryFolder;
  const at = (path: string) => join(root, path);
  for (const [path, content] of Object.entries(files(at))) {
    yield* Effect.promise(async () => {
      await mkdir(dirname(at(path)), { recursive: true });
      await (typeof content === "object" && "to" in content
        ? symlink(at(content.to), at(path))
        : writeFile(at(path), content));
    });
  }
  const places: SurveyPlaces = {
    runtime: at("runtime"),
    libraryPath: [at("path")],
    loaderCache: at("ld.so.cache"),
    systemFolders: [at("system")],
    usualFolders: [at("cuda*/lib64"), at("venv/python3*/nvidia/*/lib")],
    driverVersion: at("driver"),
  };
  return { at, survey: yield* surveyCuda(places) };
});

const provider = {
  "runtime/libonnxruntime_providers_shared.so": "",
  "runtime/libonnxruntime_providers_cuda.so": elfOf([...needed, "libc.so.6"]),
};

effectTest(
  "without ONNX Runtime's libraries it tells these, and what CUDA there is",
  () =>
    Effect.gen(function* () {
      const { at, survey } = yield* machine(() => ({
        "runtime/libonnxruntime_providers_shared.so": "",
        "runtime/libonnxruntime_providers_cuda.so": { to: "removed" },
        "cuda-12.4/lib64/libcudart.so.12": "",
        "cuda-12.4/lib64/libcudart.so.12.4.127": "",
        driver: "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  " +
          "Thu Feb 22 01:44:30 UTC 2024\n",
      }));
      assert.deepEqual(survey.absent, ["libonnxruntime_providers_cuda.so"]);
      assert.deepEqual(survey.installations, [
        { version: "12.4.127", folder: at("cuda-12.4/lib64") },
      ]);
      assert.equal(survey.driver, "550.54.14");
    }).pipe(Effect.scoped),
);

effectTest(
  "an open kernel module states its version otherwise",
  () =>
    Effect.gen(function* () {
      const { survey } = yield* machine(() => ({
        driver: "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  " +
          "580.65.06  Release Build\n",
      }));
      assert.equal(survey.driver, "580.65.06");
    }).pipe(Effect.scoped),
);

effectTest(
  "what the loader finds by its path, its cache or the system is not missing",
  () =>
    Effect.gen(function* () {
      const { survey, at } = yield* machine((at) => ({
        ...provider,
        "path/libcudart.so.13": "",
        "system/libcuda.so.1": "",
        "listed/libcublasLt.so.13": "",
        "ld.so.cache": "glibc-ld.so.cache1.1\x01\0\0libcurand.so.10\0" +
          `${at("listed/libcurand.so.10")}\0`,
        "venv/python3.11/nvidia/cu13/lib/libcublas.so.13": "",
        "venv/python3.11/nvidia/cudnn/lib/libcudnn.so.9": "",
      }));
      assert.deepEqual(survey.absent, []);
      assert.deepEqual(survey.missing, [
        "libcublasLt.so.13",
        "libcublas.so.13",
        "libcudnn.so.9",
      ]);
      assert.deepEqual(survey.elsewhere, {
        "libcublas.so.13": at("venv/python3.11/nvidia/cu13/lib"),
        "libcudnn.so.9": at("venv/python3.11/nvidia/cudnn/lib"),
      });
      assert.deepEqual(survey.installations, [
        { version: "13", folder: at("path") },
      ]);
    }).pipe(Effect.scoped),
);
