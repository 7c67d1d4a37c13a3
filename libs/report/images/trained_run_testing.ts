/**
 * A small trained run for tests of what reports compute.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import type { ImageSource } from "@deepcluster/data";
import { type Backend, layerOnnx } from "@deepcluster/gpu-backend";
import {
  createRun,
  layerRunFolder,
  parseConfiguration,
} from "@deepcluster/runs";
import { temporaryFolder } from "@deepcluster/test";
import { deepCluster, openImages } from "@deepcluster/training";
import { Effect, Layer, type Scope } from "effect";
import { join } from "node:path";

/** Images of {@link trainedRun}. */
export const trainedImages = 40;

/**
 * Images of 16 pixels.
 *
 * @param step What an image consists of, by its rank.
 * @returns The source.
 */
export const madeSource = (step: (index: number) => number): ImageSource => ({
  name: "made up",
  ids: Array.from({ length: trainedImages }, (_, i) => `picture ${i}`),
  payload: (index) => ({
    kind: "pixels",
    width: 16,
    height: 16,
    channels: 1,
    data: new Uint8Array(256).map((_, i) => (i * step(index)) & 255),
  }),
});

/** The images of {@link trainedRun}. */
export const trainedSource: ImageSource = madeSource((index) => index + 3);

/** A source that must not be looked at. */
export const unseenSource: ImageSource = {
  ...trainedSource,
  payload: () => {
    throw new Error("an image was looked at");
  },
};

/** What computes, on one thread. */
export const oneThread: Layer.Layer<Assigner | Backend | Progress> = Layer
  .mergeAll(Assigner.layerBackend, Progress.layerSilent)
  .pipe(Layer.provideMerge(Layer.orDie(
    layerOnnx({ provider: "cpu", threads: 1 }),
  )));

/**
 * Trains a run of two epochs and four clusters.
 *
 * Gives its folder, and a folder for a cache.
 */
export const trainedRun: Effect.Effect<
  { readonly folder: string; readonly cache: string },
  never,
  Assigner | Backend | Progress | Scope.Scope
> = Effect.gen(function* () {
  const base = yield* temporaryFolder;
  const folder = join(base, "run");
  const configuration = yield* parseConfiguration({
    images: "/made-up",
    model: "small",
    sobel: false,
    size: 16,
    clusters: 4,
    pca: 4,
    epochs: 2,
    batch: 8,
    kmeansIterations: 2,
    seed: 1,
  }, "test");
  yield* Effect.gen(function* () {
    yield* createRun(folder, configuration);
    yield* Effect.gen(function* () {
      const images = yield* openImages(configuration, trainedSource);
      yield* deepCluster(configuration, images);
    }).pipe(Effect.provide(layerRunFolder(folder)));
  }).pipe(Effect.scoped);
  return { folder, cache: join(base, "cache") };
}).pipe(Effect.orDie);
