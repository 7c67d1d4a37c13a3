import { UnreadableImageError } from "@deepcluster/data";
import { writeAssignments } from "@deepcluster/runs";
import { CheckpointStore, folderStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer, Logger } from "effect";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sheetName, sheetTitle, writeSheet } from "./sheet.ts";
import assert from "node:assert/strict";

/** Pictures of one colour each. */
const images = {
  decoded: (position: number) =>
    Effect.succeed({
      width: 2,
      height: 2,
      data: new Uint8Array(12).fill(60 * position),
    }),
};

/** A run folder that holds assignments, and what is said about it. */
const withRun = (
  clusters: readonly number[],
  test: (
    folder: string,
    said: string[],
  ) => Effect.Effect<void, unknown, CheckpointStore>,
) =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "sheet-"))),
      (path) => Effect.promise(() => rm(path, { recursive: true })),
    );
    yield* writeAssignments(folderStore(folder), 3, {
      paths: clusters.map((_, i) => `picture ${i}.png`),
      clusters: Int32Array.from(clusters),
    });
    const said: string[] = [];
    yield* Effect.provide(
      test(folder, said),
      Layer.merge(
        CheckpointStore.layerFolder(folder),
        Logger.layer([
          Logger.make(({ message }) => void said.push(String(message))),
        ]),
      ),
    );
  }).pipe(Effect.scoped);

effectTest(
  "writeSheet() draws clusters of one image each",
  () =>
    withRun([1, 0, 4], (folder, said) =>
      Effect.gen(function* () {
        assert.equal(yield* writeSheet(folder, 3, images, undefined), true);
        assert.deepEqual(said, []);
        const png = yield* Effect.promise(() =>
          readFile(join(folder, sheetName))
        );
        assert.equal(png.subarray(1, 4).toString(), "PNG");
      })),
);

effectTest(
  "writeSheet() warns when an image is gone, and fails nothing",
  () =>
    withRun([0, 0], (folder, said) =>
      Effect.gen(function* () {
        const gone = new UnreadableImageError({
          id: "picture 1.png",
          reason: "it is gone",
        });
        const decoded = () => Effect.fail(gone);
        assert.equal(
          yield* writeSheet(folder, 3, { decoded }, undefined),
          false,
        );
        assert.match(
          said.join(),
          /^Cannot draw .*clusters\.png: .*it is gone.*picture 1\.png; .*deno task resume .* draws it again$/,
        );
      })),
);

effectTest(
  "writeSheet() warns when a library dies of an image, or its place is taken",
  () =>
    withRun([0, 0], (folder, said) =>
      Effect.gen(function* () {
        const dying = {
          decoded: () => Effect.die(new Error("no colour space")),
        };
        assert.equal(yield* writeSheet(folder, 3, dying, undefined), false);
        assert.match(said.at(-1)!, /clusters\.png: no colour space; /);
        yield* Effect.promise(() =>
          mkdir(join(folder, sheetName, "taken"), { recursive: true })
        );
        assert.equal(yield* writeSheet(folder, 3, images, undefined), false);
        assert.match(said.at(-1)!, /clusters\.png: Cannot rename /);
      })),
);

effectTest(
  "writeSheet() warns when the assignments are damaged",
  () =>
    withRun([0, 0], (folder, said) =>
      Effect.gen(function* () {
        assert.equal(yield* writeSheet(folder, 2, images, undefined), false);
        assert.match(said.join(), /epoch-0002\.tsv/);
      })),
);

test("sheetTitle() says that clusters are left out where they are", () => {
  const all = Int32Array.from({ length: 24 }, (_, cluster) => cluster);
  assert.equal(sheetTitle(3, all), "Clusters of epoch 3");
  assert.equal(
    sheetTitle(3, Int32Array.of(...all, 40, 40, -1)),
    "24 random ones of the 25 clusters of epoch 3",
  );
});
