/**
 * Features of images for `choose-clusters`: those of a short run on some of
 * them, which is kept and goes on where it was stopped.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import {
  imagesFor,
  openReadableImages,
  selectLayers,
} from "@deepcluster/evaluation";
import { layerFeatures } from "@deepcluster/features";
import {
  createRun,
  layerRunFolder,
  openImagesOf,
  openModel,
  openRun,
  parseConfiguration,
  runFiles,
} from "@deepcluster/runs";
import { keyOf, kindOf } from "@deepcluster/storage";
import { fromHere } from "@deepcluster/terminal";
import { Effect } from "effect";
import { join } from "node:path";
import type { ChooseClustersError } from "./choose_errors.ts";
import { presets } from "./configs/mod.ts";
import { learn } from "./learn.ts";

/** Raised when trainings give other weights than those that caches hold. */
const trainingVersion = 4;

/** How the short run is made. */
export interface ShortRunOptions {
  /** Whose settings it has, except for clusters and epochs. */
  readonly preset: keyof typeof presets;
  /** Its epochs. */
  readonly epochs: number;
  /** Images that it uses at most. */
  readonly sample: number;
  /** Its seed. */
  readonly seed: number;
  /** Threads of its engine. */
  readonly threads: number;
  /** Column of a manifest that holds labels, for judging. */
  readonly labelColumn?: string;
  /** Folder that keeps the run and its features. */
  readonly cache: string;
  /** Fails when a number of images is too small for what is to be tried. */
  readonly requireEnough: (
    images: number,
  ) => Effect.Effect<unknown, ChooseClustersError>;
}

/**
 * Learns features from some of the images, in a few epochs.
 *
 * @param typed The images, as they were typed.
 * @param options See {@link ShortRunOptions}.
 * @returns Rows of features while the scope lasts, what tells them from
 * others, labels of the rows where there are any, and the number of all
 * images; or the errors of a run.
 */
export const featuresOfShortRun = Effect.fn("featuresOfShortRun")(function* (
  typed: string,
  { preset, epochs, sample, seed, threads, labelColumn, cache, requireEnough }:
    ShortRunOptions,
) {
  const settings = {
    ...presets[preset].settings,
    images: fromHere(typed),
    folderReading: "training part",
    epochs,
    seed,
    threads,
    ...labelColumn !== undefined && { labelColumn },
  };
  const all = yield* openImagesOf(
    yield* parseConfiguration({ ...settings, clusters: 2 }, "the short run"),
  );
  const count = all.source.ids.length;
  const sampled = Math.min(sample, count);
  yield* requireEnough(sampled);
  const clusters = Math.min(200, Math.max(10, Math.floor(sampled / 60)));
  const configuration = yield* parseConfiguration({
    ...settings,
    clusters,
    ...sampled < count && { limit: sampled },
  }, "the short run");
  const words =
    `Features of a run of ${epochs} epoch${
      epochs === 1 ? "" : "s"
    } on ${sampled} of ` +
    `${count} images, preset ${preset}, ${clusters} clusters.`;
  yield* Effect.logInfo(`First a short run. ${words}`);
  const run = join(
    cache,
    "runs",
    keyOf({ configuration, version: trainingVersion }),
  );
  const begun = (yield* kindOf(join(run, runFiles.config))) === "file";
  if (begun) yield* openRun(run);
  else yield* createRun(run, configuration);
  yield* learn(configuration, { keep: 2, saveEvery: 300, imageMemory: 1024 })
    .pipe(Effect.provide([layerRunFolder(run), Assigner.layerBackend]));
  const model = yield* openModel(run, { seed });
  const { source, labels } = yield* openImagesOf(configuration, run);
  const folder = join(cache, "features");
  const images = yield* openReadableImages(source, {
    ...imagesFor(model),
    folder,
  });
  const layers = yield* selectLayers(model, ["features"]);
  const { features } = yield* layerFeatures(model, images, layers, {
    folder,
    data: { name: typed },
  });
  return {
    rows: features!,
    identity: { model: model.identity, images: images.identity },
    ...labels && {
      labels: Int32Array.from(
        images.sourceIndices,
        (index) => labels.classes[index]!,
      ),
    },
    images: count,
    words,
  };
});
