import { mounted, mountTest, resize, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openSearchIndex } from "./open_search_index.ts";
import { tablesOf, updateFrom, writePictures } from "./update_index_testing.ts";

const stateOf = (folder: string) =>
  Effect.promise(async () => ({
    features: await readFile(join(folder, "features-1.f32")),
    ...tablesOf(folder),
  }));

mountTest(
  "updateIndex() on a full disk leaves the state of its last commit, and ends with room as if there had always been",
  () =>
    Effect.gen(function* () {
      const pictures = yield* temporaryFolder;
      const seeds = Array.from({ length: 40 }, (_, i) => [`p${i}.png`, i + 1]);
      yield* writePictures(pictures, Object.fromEntries(seeds));
      const roomy = join(yield* temporaryFolder, "index");
      yield* updateFrom(roomy, pictures, { clusters: 3 });
      const expected = yield* stateOf(roomy);
      // Full at the first rows, and later and later.
      const committed: number[] = [];
      for (const kib of [120, 160, 200, 240]) {
        const disk = yield* mounted(`size=${kib}k`);
        const folder = join(disk, "index");
        const error = yield* Effect.flip(
          updateFrom(folder, pictures, { clusters: 3, commitEveryMs: 0 }),
        );
        assert.match(error.message, /the disk must have free space/);
        yield* Effect.scoped(Effect.gen(function* () {
          const { images, imageCount, state, vectors } = yield* openSearchIndex(
            folder,
          );
          assert.equal(imageCount, images.length);
          assert.equal(state.rows, vectors.rows);
          committed.push(imageCount);
        }));
        yield* resize(disk, "10m");
        yield* updateFrom(folder, pictures, { clusters: 3 });
        assert.deepEqual(yield* stateOf(folder), expected, `${kib} KiB`);
      }
      assert.equal(committed[0], 0);
      assert.ok(committed.at(-1)! > 4, committed.join());
    }),
);
