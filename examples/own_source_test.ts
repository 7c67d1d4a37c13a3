import { readAssignments } from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { join } from "node:path";
import { drawing, drawingSide, groups, makeSheet } from "./made_images.ts";
import { program, spriteSource } from "./own_source.ts";
import { temporaryFolder } from "./temporary_testing.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

effectTest(
  "spriteSource() cuts out each frame with the pixels that were drawn there",
  () =>
    Effect.gen(function* () {
      const sheet = join(yield* temporaryFolder, "sheet.png");
      const shapes = yield* makeSheet(sheet, 3, 2);
      const { ids, payload } = yield* spriteSource(sheet, drawingSide);
      assert.equal(ids.length, 6);
      for (const [frame, shape] of shapes.entries()) {
        const alone = yield* Effect.promise(() =>
          sharp(drawing(groups[shape]!, frame)).removeAlpha().raw().toBuffer()
        );
        const found = payload(frame);
        assert.ok(found.kind === "pixels");
        assert.deepEqual(found.data, new Uint8Array(alone));
      }
    }),
);

effectTest(
  "own_source.ts learns from the frames of a sheet, in their order, and groups them by shape",
  () =>
    Effect.gen(function* () {
      const found = yield* program(yield* temporaryFolder);
      const table = yield* readAssignments(folderStore(found.run), 2);
      const ids = Array.from({ length: 160 }, (_, frame) => `frame ${frame}`);
      assert.deepEqual(table.paths, ids);
      // At most 0.82, when eight even clusters hold one shape each.
      const [, last] = found.nmiToShapes;
      assert.ok(last! > 0.6, `NMI ${found.nmiToShapes}`);
    }),
);
