import { Progress } from "@deepcluster/core";
import type { Labels } from "@deepcluster/data";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReportImages } from "../images/report_images.ts";
import { type MadeRun, writeMadeRun } from "./made_run_testing.ts";
import {
  reportClusters,
  type ReportClustersOptions,
} from "./report_clusters.ts";
import assert from "node:assert/strict";

/** Ten images in three clusters; a fourth cluster is empty. */
const run: MadeRun = {
  images: "/nowhere",
  paths: Array.from({ length: 10 }, (_, i) => `${i}.png`),
  sha256s: Array.from({ length: 10 }, (_, i) => `${i}`.repeat(64)),
  epochs: [
    Int32Array.of(0, 1, 2, 3, 0, 1, 2, 3, 0, 1),
    Int32Array.of(2, 2, 2, 2, 0, 0, 0, 1, 1, 1),
    Int32Array.of(1, 1, 1, 1, 1, 0, 0, 0, 3, 3),
  ],
  clusters: 4,
  centroids: Float32Array.of(0, 0, 3, 0, 9, 9, 0, 1),
  distances: Float32Array.of(5, 4, 3, 2, 1, 1, 2, 3, 7, 7),
};

const labels: Labels = {
  names: ["cat", "dog"],
  classes: Int32Array.of(0, 0, 0, 1, -1, 1, 1, 1, 0, 1),
};

/** Images of which the last is missing. */
const fake = (
  count: number,
  more: Partial<ReportImages> = {},
): ReportImages => ({
  count,
  path: (index) => `${index}.png`,
  areShown: true,
  labels,
  show: (indices) =>
    Effect.succeed(
      new Map(Array.from(indices, (index) => [index, {
        index,
        path: `${index}.png`,
        ...index === 9
          ? { missing: "the file does not exist" }
          : { thumbnail: `data:${index}` },
      }])),
    ),
  square: () => Effect.die("no test asks for pixels"),
  ...more,
});

const report = (
  made: MadeRun,
  options: ReportClustersOptions = { minimumSize: 2, each: 2, near: 3, far: 1 },
  images = fake(made.paths.length),
  damage = (_folder: string) => {},
) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder;
    const configuration = yield* writeMadeRun(folder, made);
    damage(folder);
    return yield* reportClusters(folder, configuration, images, options);
  }).pipe(Effect.provide(Progress.layerSilent));

effectTest(
  "reportClusters() shows what tables worked by hand hold",
  () =>
    Effect.gen(function* () {
      const { choices, clusters, sizes, ...rest } = (yield* report(run))!;
      assert.deepEqual(rest, {
        epoch: 3,
        images: 10,
        hasDistances: true,
        hasLabels: true,
        hasImages: true,
        missing: 1,
        each: 2,
        minimumSize: 2,
        seed: 7,
      });
      assert.deepEqual([...sizes], [3, 5, 0, 2]);
      assert.deepEqual([...choices], [["all", [1, 0, 3]]]);
      const { members, farthest, nearest, ...largest } = clusters.get(1)!;
      assert.deepEqual(largest, {
        cluster: 1,
        size: 5,
        tightness: 3,
        majority: { label: "cat", fraction: 0.75, labelled: 4 },
        chosenAs: ["all"],
        history: [{
          epoch: 2,
          origins: [
            { cluster: 2, images: 4, size: 4 },
            { cluster: 0, images: 1, size: 3 },
          ],
          otherImages: 0,
          otherClusters: 0,
        }, {
          epoch: 1,
          origins: [
            { cluster: 0, images: 2, size: 3 },
            { cluster: 1, images: 1, size: 3 },
            { cluster: 2, images: 1, size: 2 },
            { cluster: 3, images: 1, size: 2 },
          ],
          otherImages: 0,
          otherClusters: 0,
        }],
      });
      assert.deepEqual(members.map(({ index }) => index), [4, 3, 2]);
      assert.deepEqual(farthest.map(({ index }) => index), [0]);
      assert.deepEqual(
        nearest.map(({ cluster, size, distance, members }) => [
          cluster,
          size,
          distance,
          members.map(({ index }) => index),
        ]),
        [[0, 3, 3, [5, 6, 7]], [3, 2, Math.sqrt(10), [8, 9]]],
      );
    }),
);

effectTest(
  "reportClusters() does without distances, labels and centroids",
  () =>
    Effect.gen(function* () {
      const { centroids: _, distances: __, ...bare } = run;
      const { labels: ___, ...images } = fake(10);
      const found = (yield* report(bare, { each: 2, near: 2 }, images))!;
      assert.equal(found.hasDistances, false);
      const one = found.clusters.get(1)!;
      assert.equal(one.members.length, 2);
      assert.deepEqual([one.farthest, one.nearest], [[], []]);
      assert.equal(one.tightness, undefined);
    }),
);

effectTest(
  "reportClusters() goes on without a damaged file of centroids",
  () =>
    Effect.gen(function* () {
      const found = (yield* report(run, {}, fake(10), (folder) => {
        const path = join(folder, "clusters/epoch-0003.safetensors");
        writeFileSync(path, "damaged");
      }))!;
      assert.equal(found.hasDistances, false);
      assert.equal(found.clusters.size, 3);
    }),
);

effectTest(
  "reportClusters() shows no image where none may be shown",
  () =>
    Effect.gen(function* () {
      const show = () => Effect.die("no picture may be made");
      const images = fake(10, { areShown: false, show });
      const found = (yield* report(run, {}, images))!;
      assert.equal(found.hasImages, false);
      for (const one of found.clusters.values()) {
        assert.deepEqual([...one.members, ...one.farthest], []);
        assert.deepEqual(one.nearest.flatMap(({ members }) => members), []);
      }
    }),
);

effectTest(
  "reportClusters() is undefined before the first clustering",
  () =>
    Effect.gen(function* () {
      const none = yield* report(run, {}, fake(10), (folder) => {
        rmSync(join(folder, "assignments"), { recursive: true });
      });
      assert.equal(none, undefined);
    }),
);

effectTest(
  "reportClusters() follows clusters through the epochs that are left",
  () =>
    Effect.gen(function* () {
      const found = (yield* report(run, {}, fake(10), (folder) => {
        rmSync(join(folder, "assignments/epoch-0002.tsv"));
      }))!;
      const epochs = found.clusters.get(1)!.history.map(({ epoch }) => epoch);
      assert.deepEqual(epochs, [1]);
    }),
);

effectTest(
  "reportClusters() refuses a table of another number of images",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(report(run, {}, fake(10), (folder) => {
        const path = join(folder, "assignments/epoch-0001.tsv");
        writeFileSync(path, "path\tcluster\na.png\t0\n");
      }));
      assert.match(
        error.message,
        /epoch-0001\.tsv.*each of the 10 images.*1 row/s,
      );
    }),
);

effectTest(
  "reportClusters() shows what thumbnails are left when images are gone",
  () =>
    Effect.gen(function* () {
      const images = fake(10, { unopened: "Cannot open images" });
      const found = (yield* report(run, {}, images))!;
      assert.equal(found.missing, 1);
      const shown = found.clusters.get(3)!.members.map(({ index }) => index);
      assert.deepEqual(shown, [8]); // 9 is missing
    }),
);
