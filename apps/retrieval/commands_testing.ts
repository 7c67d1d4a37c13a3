/**
 * The commands of retrieval in the process of a test, and a small run to try
 * them on.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { folderSource } from "@deepcluster/data";
import { layerOnnx } from "@deepcluster/gpu-backend";
import {
  createRun,
  layerRunFolder,
  parseConfiguration,
} from "@deepcluster/runs";
import { temporaryFolder } from "@deepcluster/test";
import { type CommandResult, runInProcess } from "@deepcluster/test/commands";
import { deepCluster, openImages } from "@deepcluster/training";
import { Effect, Layer } from "effect";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { retrieve } from "./commands.ts";

/**
 * Runs a command of `retrieve`.
 *
 * @param args Its command line.
 * @returns How it ended.
 */
export const inProcess = (
  ...args: readonly string[]
): Effect.Effect<CommandResult> => runInProcess(retrieve, args);

/**
 * Writes pictures of 20 by 20 pixels: stripes, whose direction, width and
 * colour differ from one to the next.
 *
 * @param folder Where to.
 * @param count How many: `0.png`, `1.png`, …
 */
export const makePictures = async (
  folder: string,
  count: number,
): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const side = 20;
    const data = Uint8Array.from({ length: side * side * 3 }, (_, at) => {
      const pixel = Math.floor(at / 3);
      const across = i % 2 === 0 ? pixel % side : Math.floor(pixel / side);
      const isStripe = Math.floor(across / (2 + i % 3)) % 2 === 0;
      return isStripe ? 255 - 13 * i : (40 * (at % 3) + 7 * i) & 255;
    });
    const raw = { width: side, height: side, channels: 3 } as const;
    await sharp(data, { raw }).png().toFile(join(folder, `${i}.png`));
  }
};

/**
 * Makes a run of two epochs on images of 16 by 16 pixels.
 *
 * @param makeImages Writes the images into a folder.
 * @returns The `pictures` and the `run`, in a folder.
 */
export const runOf = Effect.fnUntraced(function* (
  makeImages: (folder: string) => Promise<void>,
) {
  const folder = yield* temporaryFolder;
  const [pictures, run] = [join(folder, "pictures"), join(folder, "run")];
  yield* Effect.promise(() => makeImages(pictures));
  const configuration = yield* parseConfiguration({
    images: pictures,
    model: "small",
    size: 16,
    clusters: 3,
    pca: 4,
    epochs: 2,
    batch: 8,
    extractBatch: 8,
    kmeansIterations: 3,
    seed: 1,
  }, "test");
  yield* Effect.gen(function* () {
    yield* createRun(run, configuration);
    yield* Effect.gen(function* () {
      const { source } = yield* folderSource(pictures);
      const images = yield* openImages(configuration, source);
      yield* deepCluster(configuration, images);
    }).pipe(Effect.provide(layerRunFolder(run)));
  }).pipe(
    Effect.scoped,
    Effect.provide(
      Layer.mergeAll(Assigner.layerBackend, Progress.layerSilent).pipe(
        Layer.provideMerge(layerOnnx({ provider: "cpu", threads: 1 })),
      ),
    ),
  );
  return { folder, pictures, run };
});

/** A run of two epochs over 16 pictures: `pictures` and `run` in a folder. */
export const madeRun = runOf((folder) => makePictures(folder, 16));
