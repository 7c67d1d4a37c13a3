import {
  draws,
  floatTensor,
  matrix,
  Progress,
  rowsOf,
} from "@deepcluster/core";
import type { Image } from "@deepcluster/data";
import { layerReference } from "@deepcluster/gpu-backend";
import { initialise, small } from "@deepcluster/models";
import { folderStore } from "@deepcluster/storage";
import { effectTest, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { bestRegions } from "./best_regions.ts";
import { learnRmacPca } from "./learn_pca.ts";
import { regionMaxima } from "./region_maxima.ts";
import { rmacDescriptor } from "./rmac_descriptor.ts";
import { fitRmacPca, loadRmacPca, saveRmacPca } from "./rmac_pca.ts";

const model = Effect.gen(function* () {
  const network = yield* small({
    sobel: false,
    size: 16,
    channels: [8, 12],
    units: [4],
  });
  const parameters = initialise(network, 1);
  return { name: "random", identity: "0", size: 16, network, parameters };
});

/** A scene of smooth colours, each seed another. */
const scene = (seed: number, width: number, height: number): Image => {
  const random = draws(seed, "scene");
  const waves = Array.from({ length: 12 }, () => random.uniform() * 6);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const [a, b, c] = waves.slice(channel * 3, channel * 3 + 3) as [
          number,
          number,
          number,
        ];
        const value = Math.sin(a + x * b / 40 + y * c / 40);
        data[at++] = 128 + 60 * value;
      }
    }
  }
  return { width, height, data };
};

/** Puts a checkered square into an image. */
const planted = (image: Image, left: number, top: number): Image => {
  const data = image.data.slice();
  for (let y = 0; y < 16; y++) {
    for (let x = 0; x < 16; x++) {
      const red = (x >> 1) + (y >> 1) & 1;
      const at = ((top + y) * image.width + left + x) * 3;
      data.set(red ? [255, 0, 40] : [0, 255, 200], at);
    }
  }
  return { ...image, data };
};

const dot = (a: ArrayLike<number>, b: Float32Array) =>
  b.reduce((sum, value, i) => sum + value * a[i]!, 0);

Deno.test("regionMaxima() takes the maximum of each channel in each region", () => {
  const map = floatTensor(
    [1, 2, 2, 3],
    Float32Array.of(1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6),
  );
  const regions = [{ x: 0, y: 0, side: 2 }, { x: 2, y: 1, side: 1 }];
  assert.deepEqual([...regionMaxima(map, regions).data], [5, -1, 6, -6]);
});

effectTest(
  "rmacDescriptor() describes pictures of any size by vectors of length 1",
  () =>
    Effect.gen(function* () {
      const rmac = yield* rmacDescriptor(yield* model, { size: 48 });
      const images = [scene(1, 40, 30), scene(2, 10, 90), scene(3, 9, 9)];
      const { vectors } = yield* rmac.describe(images);
      assert.equal(vectors.columns, 12);
      const alone = yield* rmac.describe([images[1]!]);
      assert.deepEqual(alone.vectors.data, vectors.data.slice(12, 24));
      for (let i = 0; i < 3; i++) {
        const one = vectors.data.subarray(12 * i, 12 * i + 12);
        assert.ok(Math.abs(dot(one, one) - 1) < 1e-6);
      }
    }).pipe(Effect.scoped, Effect.provide(layerReference)),
);

effectTest(
  "describeBox() of all of a picture is its descriptor; a box too small is refused",
  () =>
    Effect.gen(function* () {
      const rmac = yield* rmacDescriptor(yield* model, { size: 48 });
      const image = scene(1, 40, 30);
      const all = { x: 0, y: 0, width: 40, height: 30 };
      const { vectors } = yield* rmac.describeBox(image, all);
      assert.deepEqual(vectors, (yield* rmac.describe([image])).vectors);
      const error = yield* Effect.flip(
        rmac.describeBox(image, { x: 39, y: 4, width: 9, height: 9 }),
      );
      assert.equal(
        error.message,
        "Cannot describe a box of a picture as box must be a rectangle of at " +
          "least 2 x 2 pixels within the 40 x 30 (the network sees the picture " +
          "at 48 x 36 and needs 2): current value is box=39,4,9,9",
      );
    }).pipe(Effect.scoped, Effect.provide(layerReference)),
);

effectTest(
  "An object planted in other scenes comes first for a query by its box, and bestRegions() finds it",
  () =>
    Effect.gen(function* () {
      const query = planted(scene(0, 64, 48), 8, 8);
      const others = Array.from({ length: 12 }, (_, i) => scene(i + 1, 64, 48));
      const images = others.map((other, i) =>
        i === 4 || i === 9 ? planted(other, 40, 24) : other
      );
      const trained = yield* model;
      const plain = yield* rmacDescriptor(trained, { size: 64 });
      const set = {
        size: images.length,
        id: String,
        decoded: (i: number) => Effect.succeed(images[i]!),
      };
      const pca = yield* learnRmacPca(plain, set);
      assert.deepEqual([pca.images, pca.vectors.rows], [12, 12]);
      const rmac = yield* rmacDescriptor(trained, { size: 64, pca });
      const box = { x: 8, y: 8, width: 16, height: 16 };
      const asked = yield* rmac.describeBox(query, box);
      const { vectors } = yield* rmac.describe(images);
      const order = images.map((_, i) => i).sort((a, b) =>
        dot(asked.vectors.data, vectors.data.subarray(12 * b, 12 * b + 12)) -
        dot(asked.vectors.data, vectors.data.subarray(12 * a, 12 * a + 12))
      );
      assert.deepEqual(order.slice(0, 2).sort((a, b) => a - b), [4, 9]);

      const pair = yield* bestRegions(rmac, { image: query, box }, {
        image: images[4]!,
      });
      const across = pair.b.x + pair.b.width / 2;
      const down = pair.b.y + pair.b.height / 2;
      assert.ok(Math.abs(across - 48) <= 12 && Math.abs(down - 32) <= 12);
      assert.ok(pair.b.width < 48, "no region that spans the image");
      assert.ok(pair.a.x >= 8 && pair.a.x + pair.a.width <= 24);
    }).pipe(
      Effect.scoped,
      Effect.provide([layerReference, Progress.layerSilent]),
    ),
);

effectTest(
  "rmacDescriptor() refuses pixels, and a PCA of other channels",
  () =>
    Effect.gen(function* () {
      const pixels = { name: "pixels", identity: "1", size: 4, parameters: {} };
      const noMap = yield* Effect.flip(rmacDescriptor(pixels));
      assert.match(
        noMap.message,
        /^Cannot compute R-MAC of pixels as the model/,
      );
      const pca = yield* fitRmacPca(
        rowsOf(
          matrix(4, 3, Float32Array.from({ length: 12 }, (_, i) => i * i)),
        ),
        { dimensions: 2 },
      );
      const other = yield* Effect.flip(rmacDescriptor(yield* model, { pca }));
      assert.match(other.message, /pca must be of 12 channels/);
    }).pipe(Effect.scoped, Effect.provide(layerReference)),
);

effectTest(
  "fitRmacPca() refuses no more regions than dimensions",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(fitRmacPca(rowsOf(matrix(3, 3))));
      assert.equal(
        error.message,
        "Cannot learn the PCA of R-MAC as dimensions must be from 1 to below " +
          "the number of regions, 3: give more images or fewer dimensions: " +
          "current value is dimensions=3",
      );
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "A PCA that was saved is loaded the same, and not when its file was changed",
  () =>
    Effect.gen(function* () {
      const store = folderStore(yield* testFolder());
      const rows = matrix(
        9,
        3,
        Float32Array.from({ length: 27 }, (_, i) => Math.sin(i * i)),
      );
      const pca = yield* fitRmacPca(rowsOf(rows), { dimensions: 2 });
      const reference = yield* saveRmacPca(store, pca);
      assert.deepEqual(yield* loadRmacPca(store, reference), pca);
      yield* saveRmacPca(store, { ...pca, regions: 10 });
      const error = yield* Effect.flip(loadRmacPca(store, reference));
      assert.equal(error._tag, "CorruptArtifactError");
    }).pipe(Effect.provide(layerReference)),
);
