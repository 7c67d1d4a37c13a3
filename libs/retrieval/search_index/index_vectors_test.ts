import { matrix, rowsOf } from "@deepcluster/core";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { indexVectors } from "./index_vectors.ts";
import { openSearchIndex } from "./open_search_index.ts";
import { services } from "./update_index_testing.ts";

const given = (folder: string, ...values: readonly number[]) =>
  indexVectors({
    folder,
    rows: rowsOf(matrix(values.length / 2, 2, Float32Array.from(values))),
    root: "/features.npy",
    seed: 1,
  }).pipe(Effect.provide(services));

effectTest(
  "indexVectors() numbers images as rows, keeps equal vectors once, and takes further rows only behind its own",
  () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "index");
      yield* given(folder, 3, 4, 0, 1, 6, 8);
      const report = yield* given(folder, 3, 4, 0, 1, 6, 8, 1, 0);
      assert.deepEqual([report.added, report.unchanged], [1, 3]);
      const index = yield* openSearchIndex(folder);
      assert.deepEqual(
        index.images.map(({ id, path, vector }) => [id, path, vector]),
        [[0, "0", 0], [1, "1", 1], [2, "2", 0], [3, "3", 2]],
      );
      const { data } = yield* index.vectors.read(0, 1);
      assert.deepEqual([...data], [Math.fround(0.6), Math.fround(0.8)]);
      const error = yield* Effect.flip(given(folder, 3, 4, 9, 1));
      assert.match(error.message, /must be those that the index has/);
    }),
);

effectTest(
  "indexVectors() and whoever reads its index say that damaged vectors are to be indexed again",
  () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "index");
      yield* given(folder, 3, 4, 0, 1);
      const path = join(folder, "features-1.f32");
      yield* Effect.promise(async () => {
        const bytes = await readFile(path);
        bytes[0]! ^= 1;
        await writeFile(path, bytes);
      });
      const advice =
        /block 0 \(rows 0 to 1\) has changed; make the index again in another folder: `retrieve index FEATURES\.npy --index DIR`$/;
      const { vectors } = yield* openSearchIndex(folder);
      assert.match((yield* Effect.flip(vectors.read(0, 1))).message, advice);
      const error = yield* Effect.flip(given(folder, 3, 4, 0, 1, 1, 0));
      assert.match(error.message, advice);
    }),
);
