import type { EncodedArray } from "@deepcluster/pages";
import { readAssignedClusters, runFiles } from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  madeSource,
  oneThread as services,
  trainedImages as count,
  trainedRun,
  trainedSource as source,
  unseenSource as unseen,
} from "../images/trained_run_testing.ts";
import { encodeMap } from "./encode_map.ts";
import type { SquareOf } from "./map_sheets.ts";
import {
  readReportMap,
  reportMap,
  type ReportMapOptions,
} from "./report_map.ts";

/** A trained run, and how its map is made. */
const trained = Effect.map(trainedRun, ({ folder, cache }) => ({
  folder,
  store: folderStore(folder),
  map: (options: Partial<ReportMapOptions> = {}) =>
    Effect.scoped(reportMap(folder, { source, cache, ...options })),
}));

effectTest(
  "reportMap() places every image, in the order of the newest clusters, with " +
    "clusters, labels and paths",
  () =>
    Effect.gen(function* () {
      const { folder, store, map } = yield* trained;
      assert.equal(yield* readReportMap(folder), undefined);
      const classes = Int32Array.from({ length: count }, (_, i) => i % 3 - 1);
      const labels = { names: ["a", "b"], classes };
      const found = yield* map({ labels });
      assert.equal(found.kind, "umap");
      assert.deepEqual([found.images, found.leftOut], [count, 0]);
      assert.deepEqual([found.epoch, found.epochs], [2, [1, 2]]);
      assert.equal(new Set(found.indices).size, count);
      for (const [i, epoch] of found.epochs.entries()) {
        const clusters = yield* readAssignedClusters(store, epoch);
        assert.deepEqual(
          found.clusters[i],
          found.indices.map((index) => clusters[index]!),
        );
      }
      assert.deepEqual(found.clusters[1], found.clusters[1]!.toSorted());
      for (const [point, index] of found.indices.entries()) {
        assert.equal(found.paths[point], source.ids[index]);
        assert.equal(found.labels!.classes[point], classes[index]);
      }
      assert.deepEqual(
        [Math.min(...found.positions), Math.max(...found.positions)],
        [0, 65_535],
      );
      assert.equal(found.measuredOn, count);
      assert.ok(found.trustworthiness > 0.5);
      assert.deepEqual(yield* readReportMap(folder, { labels }), found);
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "reportMap() looks at no image when the map is kept, and gives the same " +
    "bytes when it is damaged and made again; another seed gives others",
  () =>
    Effect.gen(function* () {
      const { folder, map } = yield* trained;
      const first = yield* map();
      const path = join(folder, runFiles.map);
      const bytes = yield* Effect.promise(() => readFile(path));
      assert.deepEqual(yield* map({ source: unseen }), first);

      yield* Effect.promise(() => writeFile(path, bytes.subarray(0, 99)));
      assert.equal(yield* readReportMap(folder), undefined);
      assert.deepEqual(yield* map(), first);
      assert.deepEqual(yield* Effect.promise(() => readFile(path)), bytes);

      // A folder at its place: nothing can be kept there.
      yield* Effect.promise(() => rm(path));
      yield* Effect.promise(() => mkdir(path));
      assert.deepEqual(yield* map(), first);
      yield* Effect.promise(() => rm(path, { recursive: true }));

      const other = yield* map({ seed: 2 });
      assert.deepEqual([first.seed, other.seed], [1, 2]);
      assert.notDeepEqual(other.positions, first.positions);
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "reportMap() places a sample of every cluster by the centroids where there " +
    "are more images than points",
  () =>
    Effect.gen(function* () {
      const { folder, store, map } = yield* trained;
      const found = yield* map({ maxPoints: 15 });
      assert.equal(found.kind, "centroids");
      assert.deepEqual([found.images, found.epoch], [count, 1]);
      assert.ok(found.indices.length <= 15 && found.indices.length > 10);
      const clusters = yield* readAssignedClusters(store, 2);
      assert.deepEqual(new Set(found.clusters[1]), new Set(clusters));
      assert.equal(found.measuredOn, found.indices.length);
      assert.deepEqual(yield* map({ maxPoints: 15, source: unseen }), found);
      assert.deepEqual(yield* readReportMap(folder), found);
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "reportMap() leaves out an image that is no longer the one of the run",
  () =>
    Effect.gen(function* () {
      const { map } = yield* trained;
      const changed = madeSource((index) => index === 5 ? 99 : index + 3);
      const found = yield* map({ source: changed });
      assert.equal(found.leftOut, 1);
      assert.ok(!found.indices.includes(5));
      assert.equal(found.indices.length, count - 1);
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "reportMap() draws thumbnails once, and readReportMap() finds them",
  () =>
    Effect.gen(function* () {
      const { folder, map } = yield* trained;
      let drawn = 0;
      const squareOf: SquareOf = (index, side) => {
        drawn++;
        return Effect.succeed(new Uint8Array(3 * side ** 2).fill(index));
      };
      const found = yield* map({ squareOf });
      assert.equal(found.sprites!.squares.length, count);
      assert.ok(drawn >= count);
      drawn = 0;
      assert.deepEqual(yield* map({ squareOf, source: unseen }), found);
      assert.deepEqual(yield* readReportMap(folder), found);
      assert.equal(drawn, 0);
      const without = yield* map({ squareOf, thumbnails: false });
      assert.equal(without.sprites, undefined);
      assert.deepEqual(
        without.paths,
        Array.from(without.indices, (index) => `image ${index + 1}`),
        "paths can tell folders of the machine",
      );

      const other = yield* map({ seed: 2 });
      assert.equal(other.sprites, undefined, "those of another map");
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "encodeMap() keeps all numbers, in the smallest type that holds them",
  () =>
    Effect.gen(function* () {
      const { map } = yield* trained;
      const found = yield* map();
      const encoded = encodeMap(found);
      const decoded = ({ type, base64 }: EncodedArray) => {
        const { buffer } = Uint8Array.from(Buffer.from(base64, "base64"));
        const types = { Int8Array, Int16Array, Int32Array, Uint16Array };
        return [...new types[`${type}Array`](buffer)];
      };
      assert.equal(encoded.points, count);
      assert.deepEqual(decoded(encoded.indices), [...found.indices]);
      assert.deepEqual(decoded(encoded.positions), [...found.positions]);
      assert.deepEqual(
        encoded.clusters.map(decoded),
        found.clusters.map((clusters) => [...clusters]),
      );
      assert.deepEqual(JSON.parse(JSON.stringify(encoded)), encoded);
      for (
        const [value, type] of [
          [-127, "Int8"],
          [128, "Int16"],
          [-32_768, "Int32"],
        ] as const
      ) {
        const indices = Int32Array.of(value, 1);
        const array = encodeMap({ ...found, indices }).indices;
        assert.equal(array.type, type);
        assert.deepEqual(decoded(array), [value, 1]);
      }
    }).pipe(Effect.scoped, Effect.provide(services)),
);
