import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { namesOf } from "./nvidia_gpus.ts";
import assert from "node:assert/strict";

effectTest(
  "models of NVIDIA GPUs are named as the driver does, each once",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      for (
        const [device, model] of [["1", "H200"], ["2", "H200"], ["3", "T4"]]
      ) {
        yield* Effect.promise(async () => {
          await mkdir(join(folder, device!));
          await writeFile(
            join(folder, device!, "information"),
            `Model: \t\t NVIDIA ${model}\nIRQ:   \t\t 16\n`,
          );
        });
      }
      yield* Effect.promise(() => mkdir(join(folder, "4")));
      assert.deepEqual(yield* namesOf(folder), ["NVIDIA H200", "NVIDIA T4"]);
      assert.deepEqual(yield* namesOf(join(folder, "none")), []);
    }).pipe(Effect.scoped),
);
