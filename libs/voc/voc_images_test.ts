import { imageSet } from "@deepcluster/data";
import { openVocSet } from "@deepcluster/datasets";
import { effectTest, vocFolder } from "@deepcluster/test";
import { Effect } from "effect";
import {
  decodedOnceInARow,
  tenTimesEach,
  type VocCropSettings,
  vocImages,
  vocTestCrop,
  vocTrainingCrop,
} from "./voc_images.ts";
import assert from "node:assert/strict";

/** A grey slope: a crop's spread tells how much of the image it shows. */
const slope = {
  width: 100,
  height: 100,
  data: Uint8Array.from({ length: 30_000 }, (_, i) => Math.floor(i / 300)),
};

const settings: VocCropSettings = {
  crops: "random",
  cropScale: [0.1, 0.5],
  seed: 3,
};

/** Fraction of the image's height that a crop shows, at some places. */
const heights = (transform: ReturnType<typeof vocTrainingCrop>, n: number) =>
  Array.from({ length: n }, (_, place) => {
    const out = new Float32Array(3 * transform.side ** 2);
    transform.write(slope, place, out, 0);
    const spread = out[transform.side ** 2 - 1]! - out[0]!;
    // Red: 255 levels are 1 / 0.229; the outer pixels' centres are 15 / 16
    // of the crop apart.
    return Math.abs(spread) * 0.229 * 255 / 100 * 16 / 15;
  });

effectTest(
  "random crops are squares of a tenth to a half of the image",
  () =>
    Effect.sync(() => {
      const seen = heights(vocTrainingCrop(16, settings), 2000);
      const areas = seen.map((height) => height ** 2);
      const least = areas.reduce((a, b) => Math.min(a, b));
      const most = areas.reduce((a, b) => Math.max(a, b));
      assert.ok(least > 0.08 && least < 0.12, `least ${least}`);
      assert.ok(most < 0.53 && most > 0.48, `most ${most}`);
      const mean = areas.reduce((a, b) => a + b) / areas.length;
      assert.ok(Math.abs(mean - 0.3) < 0.015, `mean ${mean}`);
    }),
);

effectTest(
  "crops differ between training and evaluation, places and seeds, and repeat",
  () =>
    Effect.sync(() => {
      const seen = (transform: ReturnType<typeof vocTrainingCrop>) =>
        Array.from({ length: 20 }, (_, place) => {
          const out = new Float32Array(3 * 16 ** 2);
          transform.write(slope, place, out, 0);
          return String(out);
        });
      const evaluation = seen(vocTestCrop(16, settings));
      const all = [
        ...seen(vocTrainingCrop(16, settings)),
        ...evaluation,
        ...seen(vocTestCrop(16, { ...settings, seed: 4 })),
      ];
      assert.equal(new Set(all).size, 60);
      assert.deepEqual(seen(vocTestCrop(16, settings)), evaluation);
    }),
);

effectTest(
  "fixed crops are the same ten of every image",
  () =>
    Effect.sync(() => {
      const fixed = vocTestCrop(16, { ...settings, crops: "fixed" });
      const seen = heights(fixed, 20);
      assert.deepEqual(seen.slice(0, 10), seen.slice(10));
      const fraction = 16 / 18; // resized to round(16 * 256 / 224)
      assert.ok(seen.every((height) => Math.abs(height - fraction) < 0.02));
    }),
);

effectTest(
  "tenTimesEach() names every image ten times in a row",
  () =>
    Effect.sync(() => {
      assert.deepEqual(
        [...tenTimesEach(2)],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
      );
    }),
);

effectTest(
  "vocImages() reduces images no further than the smallest crop allows",
  () =>
    Effect.gen(function* () {
      const folder = yield* vocFolder({ test: 2 });
      const set = yield* openVocSet(folder, "test");
      const sizeFor = Effect.fnUntraced(function* (side: number) {
        const { width, height } = yield* vocImages(set, side, {
          ...settings,
        }).decoded(1);
        return [width, height];
      });
      assert.deepEqual(yield* sizeFor(32), [60, 45], "never enlarged");
      // A tenth of a square of 26 pixels is one of 8.2.
      assert.deepEqual(yield* sizeFor(8), [35, 26]);
    }),
);

effectTest(
  "decodedOnceInARow() decodes an image once for requests in a row, also " +
    "for those made at once",
  () =>
    Effect.gen(function* () {
      const asked: number[] = [];
      const set = imageSet({
        name: "made",
        ids: ["a", "b"],
        payload: (index) => {
          asked.push(index);
          const data = new Uint8Array(4).fill(index);
          return { kind: "pixels", width: 2, height: 2, channels: 1, data };
        },
      });
      const { decoded } = decodedOnceInARow(set);
      const images = yield* Effect.forEach(
        [0, 0, 0, 1, 1, 0],
        (index) => decoded(index),
        { concurrency: "unbounded" },
      );
      assert.deepEqual(images.map(({ data }) => data[0]), [0, 0, 0, 1, 1, 0]);
      assert.deepEqual(asked, [0, 1, 0]);
    }),
);
