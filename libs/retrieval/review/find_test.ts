import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { findDuplicates } from "../duplicates/find_duplicates.ts";
import { findLeaks } from "../duplicates/find_leaks.ts";
import { findDisagreements } from "./find_disagreements.ts";
import { findOutliers } from "./find_outliers.ts";
import { findPicks } from "./find_picks.ts";
import { cosine, indexAt, searcherOf, services } from "./index_testing.ts";

effectTest(
  "findDuplicates() groups near images above a score, and reads the level off random pairs otherwise",
  () =>
    Effect.gen(function* () {
      const index = indexAt([
        { path: "a", at: 0, width: 20 },
        { path: "b", at: 1 },
        { path: "c", at: 40 },
        { path: "d", at: 90 },
      ]);
      const searcher = yield* searcherOf(index);
      const near = { kind: "near", searcher, percentile: 0.9 } as const;
      const { level, groups } = yield* findDuplicates(index, {
        ...near,
        score: cosine(2),
      });
      assert.equal(level, cosine(2));
      assert.deepEqual(
        groups.map(({ keep, duplicates }) => [
          keep.path,
          ...duplicates.map(({ image }) => image.path),
        ]),
        [["a", "b"]],
      );
      const read = yield* findDuplicates(index, near);
      assert.ok(Math.abs(read.level! - cosine(1)) < 1e-6);
      assert.equal(read.groups.length, 1);
      const bytes = yield* findDuplicates(index, { kind: "bytes" });
      assert.deepEqual(bytes, { groups: [] });
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "findLeaks() finds the same bytes, the same pixels and near images of the first set, within one index and between two",
  () =>
    Effect.gen(function* () {
      const train = [
        { path: "train/a", at: 0, sha256: "A" },
        { path: "train/b", at: 10 },
        { path: "train/c", at: 50 },
      ];
      const test = [
        { path: "test/near", at: 51.5 },
        { path: "test/copy", at: 0, sha256: "A" },
        { path: "test/other", at: 120 },
        { path: "test/pixels", at: 10 },
        { path: "test/nearer", at: 51 },
      ];
      const expected = [
        ["test/copy", "train/a", "bytes"],
        ["test/pixels", "train/b", "pixels"],
        ["test/nearer", "train/c", "near"],
        ["test/near", "train/c", "near"],
      ];
      const shown = (leaks: Effect.Success<ReturnType<typeof findLeaks>>) =>
        leaks.map(({ image, match, kind }) => [image.path, match.path, kind]);
      const one = indexAt([...train, ...test]);
      const within = (path: string) =>
        one.images.filter((image) => image.path.startsWith(path));
      const sets = { first: within("train/"), second: within("test/") };
      const leaks = yield* findLeaks({
        ...sets,
        near: {
          searcher: yield* searcherOf(one),
          vectors: one.vectors,
          level: cosine(2),
          sameIndex: true,
        },
      });
      assert.deepEqual(shown(leaks), expected);
      const [first, second] = [indexAt(train), indexAt(test)];
      const between = yield* findLeaks({
        first: first.images,
        second: second.images,
        near: {
          searcher: yield* searcherOf(first),
          vectors: second.vectors,
          level: cosine(2),
          sameIndex: false,
        },
      });
      assert.deepEqual(shown(between), expected);
      const exact = yield* findLeaks(sets);
      assert.deepEqual(shown(exact), expected.slice(0, 2));
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "findLeaks() finds a near image behind many nearer ones of its own set",
  () =>
    Effect.gen(function* () {
      const index = indexAt([
        { path: "train/far", at: 4 },
        ...Array.from({ length: 60 }, (_, i) => ({
          path: `test/${i}`,
          at: i / 100,
        })),
      ]);
      const leaks = yield* findLeaks({
        first: index.images.slice(0, 1),
        second: index.images.slice(1),
        near: {
          searcher: yield* searcherOf(index),
          vectors: index.vectors,
          level: cosine(5),
          sameIndex: true,
        },
      });
      assert.equal(leaks.length, 60);
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "findOutliers() ranks first the row that is far from its centroid and its neighbours",
  () =>
    Effect.gen(function* () {
      const index = indexAt(
        [0, 1, 2, 3, 90].map((at) => ({ path: `${at}`, at })),
        (angle) => [0, Math.abs(angle - 1) / 100],
      );
      const outliers = yield* findOutliers(index, yield* searcherOf(index));
      assert.equal(outliers.length, 5);
      assert.deepEqual([outliers[0]!.row, outliers[0]!.unusual], [4, 0.8]);
      assert.ok(outliers[0]!.neighbourDistance > 0.9);
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "findPicks() counts merged clusters as one and leaves dismissed ones out",
  () =>
    Effect.gen(function* () {
      const index = indexAt(
        [0, 1, 30, 31, 60, 61, 90].map((at) => ({ path: `${at}`, at })),
        (angle) => [Math.floor(angle / 30), angle % 30],
      );
      const notes = new Map([
        [1, { mergedInto: 0 }],
        [2, { dismissed: true }],
      ]);
      const picks = yield* findPicks(index, 2, { notes });
      assert.deepEqual(
        picks.map(({ row, cluster, size }) => [row, cluster, size]),
        [[0, 0, 4], [6, 3, 1]],
      );
      const none = indexAt([{ path: "a", at: 0 }]);
      const error = yield* Effect.flip(findPicks(none, 1));
      assert.match(error.message, /clusters must be at least one/);
    }),
);

effectTest(
  "findDisagreements() lets copies vote first, and only images with a label",
  () =>
    Effect.gen(function* () {
      const labels = {
        a: 0,
        copy: 1,
        b: 0,
        c: 0,
        unlabelled: -1,
        far: 1,
        far2: 1,
        far3: 1,
      };
      const angles = [0, 0, 1, 2, 0.5, 90, 91, 92];
      const index = indexAt(
        Object.keys(labels).map((path, i) => ({ path, at: angles[i]! })),
      );
      const found = yield* findDisagreements(index, yield* searcherOf(index), {
        labels: Int32Array.from(Object.values(labels)),
        neighbours: 2,
      });
      assert.deepEqual(
        found.map(({ image, suggested, suggesting }) => [
          index.images[image]!.path,
          suggested,
          suggesting,
        ]),
        [["copy", 0, 1]],
      );
    }).pipe(Effect.scoped, Effect.provide(services)),
);
