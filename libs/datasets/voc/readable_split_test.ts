import { Progress } from "@deepcluster/core";
import { effectTest, vocFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openVocSplit, positivesOf } from "./image_sets.ts";
import { readableVocSplit } from "./readable_split.ts";
import assert from "node:assert/strict";

const open = (folder: string) =>
  Effect.flatMap(openVocSplit(folder, "train"), readableVocSplit);

effectTest(
  "readableVocSplit() leaves out images that cannot be decoded, with their labels",
  () =>
    Effect.gen(function* () {
      const folder = yield* vocFolder({ train: 9, val: 12 });
      const whole = yield* open(folder);
      assert.deepEqual(whole.skipped, []);
      const broken = join(folder, "JPEGImages/000004.jpg");
      yield* Effect.promise(() => writeFile(broken, ""));
      const { training, test, skipped } = yield* open(folder);
      assert.deepEqual(skipped, [
        { what: "image 000004", reason: "the file is empty" },
      ]);
      assert.deepEqual(
        training.source.ids,
        whole.training.source.ids.filter((id) => id !== "000004"),
      );
      const at = whole.training.source.ids.indexOf("000004");
      assert.deepEqual(
        [...training.targets.data],
        [...whole.training.targets.data].filter((_, i) =>
          Math.floor(i / 3) !== at
        ),
      );
      assert.deepEqual(
        training.source.payload(at),
        whole.training.source.payload(at + 1),
      );
      assert.equal(test.contentHash, whole.test.contentHash);
      assert.notEqual(training.contentHash, whole.training.contentHash);
    }).pipe(Effect.provide(Progress.layerSilent)),
);

effectTest(
  "readableVocSplit() leaves out classes that no test image shows, and fails when none is left",
  () =>
    Effect.gen(function* () {
      const folder = yield* vocFolder({ train: 9, val: 12 });
      const change = (name: string, from: RegExp) =>
        Effect.promise(async () => {
          const ids = Array.from({ length: 12 }, (_, i) => `0000${i + 10}`);
          const lines = ids.map((id) => `${id} ${from.test(id) ? 0 : -1}`);
          await writeFile(
            join(folder, `ImageSets/Main/${name}_val.txt`),
            lines.join("\n"),
          );
        });
      yield* change("frame", /000011/);
      const { training, test, skipped } = yield* open(folder);
      assert.deepEqual(training.classes, ["disc", "stripe"]);
      assert.deepEqual(test.classes, ["disc", "stripe"]);
      assert.equal(training.targets.columns, 2);
      assert.ok(positivesOf(test).every((count) => count > 0));
      assert.deepEqual(skipped, [{
        what: "class frame",
        reason: "no test image shows it, difficult objects apart",
      }]);
      yield* change("disc", /none/);
      yield* change("stripe", /none/);
      const none = yield* Effect.flip(open(folder));
      assert.equal(
        none.message,
        "Cannot use VOC classes as a class must be on a test image, not only " +
          "as difficult: current values are class=disc, images=12, positive=0",
      );
    }).pipe(Effect.provide(Progress.layerSilent)),
);

effectTest(
  "readableVocSplit() keeps a class that no training image shows, and names it",
  () =>
    Effect.gen(function* () {
      const folder = yield* vocFolder({ train: 9, val: 12 });
      assert.deepEqual((yield* open(folder)).untrained, []);
      const set = join(folder, "ImageSets/Main/disc_train.txt");
      const ids = Array.from({ length: 9 }, (_, i) => `00000${i + 1} -1\n`);
      yield* Effect.promise(() => writeFile(set, ids.join("")));
      const { test, untrained } = yield* open(folder);
      assert.deepEqual(untrained, ["disc"]);
      assert.ok(test.classes.includes("disc"));
    }).pipe(Effect.provide(Progress.layerSilent)),
);

effectTest(
  "readableVocSplit() tells images apart by their content",
  () =>
    Effect.gen(function* () {
      const folder = yield* vocFolder({ train: 5, val: 12 });
      const before = yield* open(folder);
      const image = join(folder, "JPEGImages/000002.jpg");
      yield* Effect.promise(() => appendFile(image, "one more byte or two"));
      const after = yield* open(folder);
      assert.deepEqual(after.skipped, []);
      assert.notEqual(after.training.contentHash, before.training.contentHash);
      assert.equal(after.test.contentHash, before.test.contentHash);
    }).pipe(Effect.provide(Progress.layerSilent)),
);
