import { runLock } from "@deepcluster/runs";
import { scanStorage } from "@deepcluster/storage";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { vocStorage } from "./voc_storage.ts";
import assert from "node:assert/strict";

effectTest(
  "a training on VOC is known by its state",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      for (const name of ["voc-classification.safetensors", "mine.txt"]) {
        writeFileSync(join(folder, name), "{}");
      }
      yield* Effect.scoped(runLock(folder));
      const { folders } = yield* scanStorage(folder, [vocStorage]);
      assert.equal(folders[0]!.parts[0]!.cost, "loses");
      assert.deepEqual(folders[0]!.others.map(({ path }) => path), [
        "mine.txt",
      ]);
    }),
);
