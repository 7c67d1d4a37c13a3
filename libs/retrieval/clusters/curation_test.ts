import { matrix } from "@deepcluster/core";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type ClusterChange,
  curate,
  curated,
  type Curation,
  curationFile,
  loadCuration,
  saveCuration,
} from "./curation.ts";

const centroids = matrix(5, 1, Float32Array.of(1, 2, 3, 4, 5));
const others = matrix(5, 1, Float32Array.of(1, 2, 3, 4, 6));
const nothing: Curation = { centroids: "0", notes: new Map(), unfit: 0 };

const changed = Effect.fnUntraced(function* (
  ...changes: (readonly [number, ClusterChange])[]
) {
  let curation = nothing;
  for (const [cluster, change] of changes) {
    curation = yield* curate(curation, 5, cluster, change);
  }
  return curation;
});

effectTest(
  "saveCuration() keeps names for the centroids that they were given for, also while there are others",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const empty = yield* loadCuration(folder, centroids);
      assert.deepEqual([empty.notes.size, empty.unfit], [0, 0]);
      yield* saveCuration(
        folder,
        yield* curate(empty, 5, 3, { name: " Flags " }),
      );
      const later = yield* loadCuration(folder, others);
      assert.deepEqual([later.notes.size, later.unfit], [0, 1]);
      yield* saveCuration(
        folder,
        yield* curate(later, 5, 3, { dismissed: true }),
      );
      const again = yield* loadCuration(folder, centroids);
      assert.deepEqual([...again.notes], [[3, { name: "Flags" }]]);
      assert.deepEqual(again.unfit, 1);
      const text = yield* Effect.promise(() =>
        readFile(join(folder, curationFile), "utf8")
      );
      assert.equal(JSON.parse(text).formatVersion, 1);
    }),
);

effectTest(
  "loadCuration() refuses a file that it cannot read, and so does saveCuration()",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const write = (text: string) =>
        Effect.promise(() => writeFile(join(folder, curationFile), text));
      const refusal = Effect.map(
        Effect.flip(loadCuration(folder, centroids)),
        ({ message }) => message.replace(folder, "DIR"),
      );
      yield* write("{");
      assert.match(
        yield* refusal,
        /^Cannot read DIR.curation\.json as it must be JSON: /,
      );
      yield* write('{"curations":{"0":{"1":{"name":7}}}}');
      assert.match(
        yield* refusal,
        /must hold notes on clusters: .*name must be a string/,
      );
      yield* write('{"formatVersion":2,"curations":{}}');
      assert.match(yield* refusal, /format version 2, this program knows 1/);
      yield* Effect.flip(saveCuration(folder, nothing));
    }),
);

effectTest(
  "curate() refuses merges in a circle, clusters that are not there and names of no text",
  () =>
    Effect.gen(function* () {
      const curation = yield* changed([0, { mergedInto: 1 }], [1, {
        mergedInto: 2,
      }]);
      const refusal = (cluster: number, change: ClusterChange) =>
        Effect.map(
          Effect.flip(curate(curation, 5, cluster, change)),
          ({ message }) => message,
        );
      assert.equal(
        yield* refusal(2, { mergedInto: 0 }),
        "Cannot change cluster 2 as mergedInto must be a cluster that is " +
          "neither it nor merged into it: current value is mergedInto=0",
      );
      assert.match(yield* refusal(1, { mergedInto: 0 }), /neither it nor/);
      assert.match(yield* refusal(1, { mergedInto: 0 }), /neither it nor/);
      assert.match(yield* refusal(3, { mergedInto: 3 }), /neither it nor/);
      assert.match(yield* refusal(3, { mergedInto: 5 }), /from 0 to 4/);
      assert.match(yield* refusal(5, { name: "x" }), /from 0 to 4/);
      assert.match(yield* refusal(0.5, { name: "x" }), /from 0 to 4/);
      assert.match(yield* refusal(0, { name: "  " }), /1 to 100 characters/);
      assert.match(yield* refusal(0, { name: "a\nb" }), /of one line/);
    }),
);

effectTest(
  "curate() takes back with null, and leaves what is not named",
  () =>
    Effect.gen(function* () {
      const { notes } = yield* changed(
        [0, { name: "a", dismissed: true }],
        [0, { dismissed: false }],
        [1, { name: "b", mergedInto: 0 }],
        [1, { mergedInto: null }],
        [2, { name: "c" }],
        [2, { name: null }],
      );
      assert.deepEqual([...notes], [[0, { name: "a" }], [1, { name: "b" }]]);
    }),
);

effectTest(
  "curated() counts merged clusters together and leaves dismissed ones out",
  () =>
    Effect.gen(function* () {
      const curation = yield* changed(
        [0, { mergedInto: 1 }],
        [1, { mergedInto: 2 }],
        [3, { dismissed: true }],
        [4, { mergedInto: 3 }],
      );
      assert.deepEqual(
        [...curated(curation, Int32Array.of(0, 1, 2, 3, 4, -1))],
        [2, 2, 2, -1, -1, -1],
      );
      const circle = {
        notes: new Map([[0, { mergedInto: 1 }], [1, { mergedInto: 0 }]]),
      };
      assert.deepEqual([...curated(circle, Int32Array.of(0, 1))], [0, 1]);
    }),
);
