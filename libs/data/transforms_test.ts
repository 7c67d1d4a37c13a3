import { draws } from "@deepcluster/core";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import type { Image } from "./image.ts";
import {
  clusteringTransform,
  decodedShortSideFor,
  probeTransform,
  resizeFor,
  tenCropTransform,
  trainingTransform,
  type Transform,
} from "./transforms.ts";
import assert from "node:assert/strict";

const noise = (width: number, height: number): Image => {
  const { integer } = draws(1, "noise");
  const data = Uint8Array.from(
    { length: width * height * 3 },
    () => integer(256),
  );
  return { width, height, data };
};

const see = (
  transform: Transform,
  image: Image,
  sampleIndex = 0,
): Float32Array => {
  const out = new Float32Array(3 * transform.side ** 2);
  transform.write(image, sampleIndex, out, 0);
  return out;
};

const plain = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;

effectTest(
  "resizeFor() keeps the paper's 256 to 224",
  () =>
    Effect.sync(() => {
      assert.equal(resizeFor(224), 256);
      assert.equal(resizeFor(32), 37);
      assert.equal(resizeFor(96), 110);
      assert.equal(resizeFor(1), 1);
      assert.equal(decodedShortSideFor(224), 448);
    }),
);

effectTest(
  "clusteringTransform() normalises by ImageNet's mean and deviation",
  () =>
    Effect.sync(() => {
      const image = { width: 1, height: 1, data: Uint8Array.of(255, 51, 0) };
      const found = see(clusteringTransform({ crop: 2 }), image);
      assertClose(
        found.filter((_, i) => i % 4 === 0),
        [(1 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, -0.406 / 0.225],
        1e-6,
      );
    }),
);

effectTest(
  "clusteringTransform() takes the centre, whatever the sampleIndex",
  () =>
    Effect.sync(() => {
      // Columns of 0 … 9: the centre 4 of 10 resized to 10 are 3 … 6.
      const data = Uint8Array.from(
        { length: 300 },
        (_, i) => Math.floor(i / 3) % 10,
      );
      const image = { width: 10, height: 10, data };
      const transform = clusteringTransform({
        crop: 4,
        resize: 10,
        normalization: plain,
      });
      const row = see(transform, image).subarray(0, 4);
      assertClose(row.map((v) => v * 255), [3, 4, 5, 6], 1e-6);
      assert.deepEqual(see(transform, image, 5), see(transform, image, 9));
    }),
);

effectTest(
  "probeTransform() shifts the crop within the centre and mirrors half of them",
  () =>
    Effect.sync(() => {
      // Columns of 0 … 19: the centre 10 are 5 … 14, of which 4 are kept.
      const data = Uint8Array.from(
        { length: 20 * 10 * 3 },
        (_, i) => Math.floor(i / 3) % 20,
      );
      const image = { width: 20, height: 10, data };
      const rowOf = (seed: number, epoch: number, sampleIndex: number) =>
        [
          ...see(
            probeTransform({
              crop: 4,
              resize: 10,
              normalization: plain,
              seed,
              epoch,
            }),
            image,
            sampleIndex,
          ).subarray(0, 4),
        ].map((value) => Math.round(value * 255));
      const firsts = new Set<string>();
      for (let sampleIndex = 0; sampleIndex < 200; sampleIndex++) {
        const row = rowOf(1, 0, sampleIndex);
        const step = row[1]! - row[0]!;
        assert.deepEqual(row, [0, 1, 2, 3].map((i) => row[0]! + i * step));
        assert.ok(Math.abs(step) === 1 && Math.min(...row) >= 5, `${row}`);
        assert.ok(Math.max(...row) <= 14, `${row}`);
        firsts.add(`${step} ${Math.min(...row)}`);
      }
      assert.equal(firsts.size, 14, "7 places, plain and mirrored");
      const seen = (seed: number, epoch: number) =>
        [...Array(20).keys()].map((sampleIndex) =>
          rowOf(seed, epoch, sampleIndex)
        );
      assert.deepEqual(seen(1, 3), seen(1, 3));
      assert.notDeepEqual(seen(1, 3), seen(1, 4));
      assert.notDeepEqual(seen(1, 3), seen(2, 3));
    }),
);

effectTest(
  "trainingTransform() depends on seed, epoch and sampleIndex, and on nothing else",
  () =>
    Effect.sync(() => {
      const image = noise(20, 30);
      const at = (seed: number, epoch: number, sampleIndex: number) =>
        see(trainingTransform({ crop: 8, seed, epoch }), image, sampleIndex);
      const first = at(1, 2, 3);
      assert.deepEqual(at(1, 2, 3), first);
      assert.notDeepEqual(at(2, 2, 3), first);
      assert.notDeepEqual(at(1, 3, 3), first);
      assert.notDeepEqual(at(1, 2, 4), first);
      const reused = trainingTransform({ crop: 8, seed: 1, epoch: 2 });
      see(reused, image, 8);
      see(reused, noise(50, 7), 1);
      assert.deepEqual(see(reused, image, 3), first);
    }),
);

effectTest(
  "trainingTransform() mirrors half of the images, and none without flip",
  () =>
    Effect.sync(() => {
      // Brighter to the right, and never cropped: the slope tells mirroring.
      const data = Uint8Array.from(
        { length: 300 },
        (_, i) => Math.floor(i / 3) % 10 * 20,
      );
      const image = { width: 10, height: 10, data };
      const mirrored = (flip: boolean) => {
        const transform = trainingTransform({
          crop: 4,
          seed: 1,
          epoch: 0,
          region: { scale: [1, 1], ratio: [1, 1] },
          flip,
        });
        let count = 0;
        for (let sampleIndex = 0; sampleIndex < 1000; sampleIndex++) {
          const found = see(transform, image, sampleIndex);
          if (found[0]! > found[3]!) count++;
        }
        return count;
      };
      assert.ok(Math.abs(mirrored(true) - 500) < 50);
      assert.equal(mirrored(false), 0);
    }),
);

effectTest(
  "trainingTransform() leaves its image unchanged",
  () =>
    Effect.sync(() => {
      const image = noise(9, 9);
      const before = image.data.slice();
      see(trainingTransform({ crop: 8, seed: 1, epoch: 0 }), image);
      assert.deepEqual(image.data, before);
    }),
);

effectTest(
  "tenCropTransform() shows five crops, then those of the mirrored image",
  () =>
    Effect.sync(() => {
      const image = noise(23, 14);
      const data = new Uint8Array(image.data.length);
      for (let pixel = 0; pixel < 23 * 14; pixel++) {
        const across = pixel % 23;
        const from = 3 * (pixel - across + 22 - across);
        data.set(image.data.subarray(from, from + 3), 3 * pixel);
      }
      const mirrored = { ...image, data };
      const transform = tenCropTransform({ crop: 8, resize: 11 });
      const seen = Array.from(
        { length: 10 },
        (_, sampleIndex) => see(transform, image, 10 + sampleIndex),
      );
      for (let sampleIndex = 0; sampleIndex < 5; sampleIndex++) {
        assertClose(
          seen[5 + sampleIndex]!,
          see(transform, mirrored, sampleIndex),
          1e-6,
        );
      }
      const centre = clusteringTransform({ crop: 8, resize: 11 });
      assert.deepEqual(seen[4], see(centre, image));
      assert.equal(new Set(seen.map(String)).size, 10);
    }),
);
