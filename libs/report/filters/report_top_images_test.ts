import { Progress } from "@deepcluster/core";
import { runFiles } from "@deepcluster/runs";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  madeSource,
  oneThread,
  trainedImages,
  trainedRun,
  trainedSource,
  unseenSource,
} from "../images/trained_run_testing.ts";
import { openOnce } from "../images/run_image_set.ts";
import { reportMap } from "../map/report_map.ts";
import {
  reportTopImages,
  type ReportTopImagesOptions,
} from "./report_top_images.ts";

const trained = Effect.map(trainedRun, ({ folder, cache }) => ({
  folder,
  cache,
  file: join(folder, runFiles.topImages),
  find: (options: Partial<ReportTopImagesOptions> = {}) =>
    Effect.scoped(
      reportTopImages(folder, { source: trainedSource, cache, ...options }),
    ),
}));

effectTest(
  "reportTopImages() shows the last convolution of the newest checkpoint, and " +
    "looks at no image when all is kept",
  () =>
    Effect.gen(function* () {
      const { file, find } = yield* trained;
      const found = yield* find({ mostFilters: 5 });
      assert.deepEqual(
        [found.layer.name, found.epoch, found.images, found.ofImages],
        ["conv4", 2, trainedImages, trainedImages],
      );
      assert.equal(found.filters.length, 5);
      for (const { top } of found.filters) {
        const activations = top.map(({ activation }) => activation);
        assert.equal(top.length, 9);
        assert.deepEqual(activations, activations.toSorted((a, b) => b - a));
      }
      const again = { mostFilters: 5, source: unseenSource };
      assert.deepEqual(yield* find(again), found);
      const bytes = yield* Effect.promise(() => readFile(file));
      yield* Effect.promise(() => writeFile(file, bytes.subarray(0, 50)));
      assert.deepEqual(yield* find({ mostFilters: 5 }), found);
      assert.deepEqual(yield* Effect.promise(() => readFile(file)), bytes);
      // A folder at its place: nothing can be kept there.
      yield* Effect.promise(() => rm(file));
      yield* Effect.promise(() => mkdir(file));
      assert.deepEqual(yield* find({ mostFilters: 5 }), found);
      yield* Effect.promise(() => rm(file, { recursive: true }));
      const other = yield* find({ layer: "conv1", mostFilters: 5 });
      assert.equal(other.layer.name, "conv1");
    }).pipe(Effect.scoped, Effect.provide(oneThread)),
);

effectTest(
  "reportTopImages() names images by their rank in the run, also where some " +
    "are others by now, or a sample is looked at",
  () =>
    Effect.gen(function* () {
      const { find } = yield* trained;
      const all = yield* find({ mostFilters: 1000 });
      const first = all.filters[0]!.top[0]!;
      const source = madeSource((index) =>
        index === first.index ? 99 : index + 3
      );
      const rest = yield* find({ mostFilters: 999, source });
      assert.equal(rest.images, trainedImages - 1);
      const expected = all.filters[0]!.top.slice(1);
      const { top } = rest.filters[0]!;
      assert.deepEqual(top.slice(0, 8), expected);

      const sample = yield* find({ maxImages: 12 });
      assert.ok(sample.images <= 12 && sample.images > 8);
      assert.equal(sample.ofImages, trainedImages);
    }).pipe(Effect.scoped, Effect.provide(oneThread)),
);

effectTest(
  "reportTopImages() keeps in its pass what the map needs, for which the same images are not opened again",
  () =>
    Effect.gen(function* () {
      const { folder, cache, find } = yield* trained;
      const phases: string[] = [];
      const noting = Effect.provideService(Progress, {
        report: ({ phase, done }) =>
          Effect.sync(() => {
            if (done === 0) phases.push(phase);
          }),
      });
      const open = openOnce();
      yield* find({ open, alongside: ["features"] }).pipe(noting);
      assert.deepEqual(phases.splice(0), ["survey", "extract", "regions"]);
      const source = trainedSource;
      yield* reportMap(folder, { source, cache, open }).pipe(noting);
      assert.deepEqual(phases, ["map"]);
    }).pipe(Effect.scoped, Effect.provide(oneThread)),
);
