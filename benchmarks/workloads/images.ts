/**
 * Workloads of images: decoding, augmentation and batches of JPEG files.
 *
 * @module
 */
import { draws } from "@deepcluster/core";
import {
  batches,
  decodedShortSideFor,
  type ImageSet,
  imageSet,
  trainingTransform,
} from "@deepcluster/data";
import { Effect, Stream } from "effect";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireCorrect, type Workload } from "../measure/workload.ts";
import { seed } from "./networks.ts";
import sharp from "sharp";

/** Size of an image of ImageNet, and of the networks' input. */
const [width, height, crop] = [500, 375, 224];

const transform = trainingTransform({ crop, seed, epoch: 1 });

/**
 * Decodes one JPEG of 500×375 and writes a random crop of it; its number is the
 * mean of the crop.
 *
 * Check: the image has its size, and the crop is finite.
 */
export const augmentation: Workload = {
  name: `decode and augment JPEG ${width}×${height} -> ${crop}`,
  operations: 0,
  prepare: Effect.gen(function* () {
    const set = yield* randomJpegs(1);
    const out = new Float32Array(3 * crop ** 2);
    const run = Effect.map(set.decoded(0), (image) => {
      transform.write(image, 0, out, 0);
      return mean(out);
    });
    const image = yield* set.decoded(0);
    yield* requireCorrect(
      image.width === width && image.height === height,
      () => `an image of ${image.width}×${image.height}`,
    );
    yield* requireCorrect(Number.isFinite(yield* run), () => "no finite crop");
    return { run };
  }),
};

/**
 * Batches of augmented images from files, as in training.
 *
 * Check: two passes give the same numbers.
 *
 * @param count Number of images.
 * @param batch Images per batch.
 * @returns The workload; its number is the sum of the batches' means.
 */
export const batched = (count: number, batch: number): Workload => ({
  name: `batches of ${batch} from ${count} JPEG files ${width}×${height}`,
  operations: 0,
  prepare: Effect.gen(function* () {
    const set = yield* randomJpegs(count);
    const order = Int32Array.from({ length: count }, (_, i) => i);
    const run = Stream.runFold(
      batches(set, order, transform, { batchSize: batch }),
      () => 0,
      (sum, { images }) => sum + mean(images.data),
    );
    const [first, second] = [yield* run, yield* run];
    yield* requireCorrect(first === second, () => `${first}, then ${second}`);
    return { run };
  }),
});

/** JPEG files in a folder that is removed with the scope. */
const randomJpegs = (count: number) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const folder = await mkdtemp(join(tmpdir(), "bench-images-"));
        const paths = Array.from(
          { length: count },
          (_, i) => join(folder, `${i}.jpg`),
        );
        for (const [i, path] of paths.entries()) {
          await writeFile(path, await randomJpeg(i));
        }
        return { folder, paths };
      }),
      ({ folder }) => Effect.promise(() => rm(folder, { recursive: true })),
    ),
    ({ paths }): ImageSet =>
      imageSet({
        name: "made JPEG files",
        ids: paths,
        payload: (i) => ({ kind: "file", path: paths[i]! }),
      }, { maxShortSide: decodedShortSideFor(crop) }),
  );

/** Enlarged coarse noise: about as many bytes as a photograph. */
const randomJpeg = (index: number): Promise<Uint8Array> => {
  const { integer } = draws(seed, "jpeg", index);
  const [w, h] = [width / 5, height / 5];
  const pixels = new Uint8Array(w * h * 3).map(() => integer(256));
  return sharp(pixels, { raw: { width: w, height: h, channels: 3 } })
    .resize(width, height).jpeg({ quality: 90 }).toBuffer();
};

const mean = (values: Float32Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};
