import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { neededLibraries } from "./elf.ts";
import { elfOf } from "./elf_fixture.ts";
import { runtimeFolder } from "./survey.ts";
import assert from "node:assert/strict";

effectTest(
  "the libraries that a library needs are read in their order",
  () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "some.so");
      for (const needed of [["libcudart.so.13", "libcuda.so.1"], []]) {
        yield* Effect.promise(() => writeFile(path, elfOf(needed)));
        assert.deepEqual(yield* neededLibraries(path), needed);
      }
    }).pipe(Effect.scoped),
);

if (process.platform === "linux" && process.arch === "x64") {
  effectTest(
    "ONNX Runtime's own library needs what readelf -d says",
    () =>
      Effect.gen(function* () {
        const path = join(runtimeFolder(), "libonnxruntime.so.1");
        assert.deepEqual(yield* neededLibraries(path), [
          "libdl.so.2",
          "librt.so.1",
          "libpthread.so.0",
          "libstdc++.so.6",
          "libm.so.6",
          "libgcc_s.so.1",
          "libc.so.6",
          "ld-linux-x86-64.so.2",
        ]);
      }),
  );
}

effectTest(
  "a file that is no library, is cut off or is missing is named",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const path = join(folder, "some.so");
      const library = elfOf(["libcudart.so.13"]);
      for (const bytes of [new Uint8Array(100), library.subarray(0, 30)]) {
        yield* Effect.promise(() => writeFile(path, bytes));
        const reason = yield* Effect.flip(neededLibraries(path));
        assert.equal(reason, `${path} is no ELF file of 64 bits`);
      }
      for (const length of [70, 200]) {
        yield* Effect.promise(() =>
          writeFile(path, library.subarray(0, length))
        );
        assert.match(yield* Effect.flip(neededLibraries(path)), /\S/);
      }
      const absent = yield* Effect.flip(neededLibraries(join(folder, "none")));
      assert.match(absent, /ENOENT/);
    }).pipe(Effect.scoped),
);
