import { type Draws, draws } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import {
  centreCrop,
  defaultRandomCrop,
  randomResizedCrop,
  tenCrops,
} from "./crops.ts";
import assert from "node:assert/strict";

/** Draws that come out as told, the last of them for ever. */
const scripted = (...values: number[]): Draws & { readonly taken: number } => {
  let taken = 0;
  const uniform = () => values[Math.min(taken++, values.length - 1)]!;
  return {
    ...draws(0),
    uniform,
    integer: (below) => Math.floor(uniform() * below),
    get taken() {
      return taken;
    },
  };
};

effectTest(
  "centreCrop() keeps the middle of the resized long side",
  () =>
    Effect.sync(() => {
      const wide = centreCrop({ width: 640, height: 480 }, 256, 224);
      assert.equal(wide.resizedWidth, 341);
      assert.equal(wide.resizedHeight, 256);
      assert.equal(wide.keptLeft, 58, "58.5 rounds to the even number");
      assert.equal(wide.keptTop, 16);
      const tall = centreCrop({ width: 100, height: 301 }, 50, 40);
      assert.equal(tall.resizedWidth, 50);
      assert.equal(tall.resizedHeight, 150);
      assert.equal(tall.keptLeft, 5);
      assert.equal(tall.keptTop, 55);
    }),
);

effectTest(
  "centreCrop() enlarges an image smaller than the crop",
  () =>
    Effect.sync(() => {
      const view = centreCrop({ width: 1, height: 1 }, 37, 32);
      assert.equal(view.resizedWidth, 37);
      assert.equal(view.resizedHeight, 37);
      assert.equal(view.keptLeft, 2, "2.5 rounds to the even number");
    }),
);

effectTest(
  "tenCrops() are the corners and the centre of the image and of its mirror",
  () =>
    Effect.sync(() => {
      const views = tenCrops({ width: 640, height: 480 }, 256, 224);
      assert.deepEqual(
        views.map(({ keptLeft, keptTop }) => [keptLeft, keptTop]),
        [
          [0, 0],
          [117, 0],
          [0, 32],
          [117, 32],
          [58, 16],
          [117, 0],
          [0, 0],
          [117, 32],
          [0, 32],
          [59, 16],
        ],
        "columns of the image as it lies; 58 in the mirror is 59 here",
      );
      assert.deepEqual(
        views.map(({ mirrored }) => mirrored),
        [0, 0, 0, 0, 0, 1, 1, 1, 1, 1].map(Boolean),
      );
      for (const { resizedWidth, resizedHeight } of views) {
        assert.deepEqual([resizedWidth, resizedHeight], [341, 256]);
      }
    }),
);

effectTest(
  "randomResizedCrop() follows its draws as worked by hand",
  () =>
    Effect.sync(() => {
      const source = scripted(0.5, 0.5, 0.25, 0.75);
      const size = { width: 400, height: 300 };
      const view = randomResizedCrop(size, 32, defaultRandomCrop, source);
      // 0.54 of the area is 64 800 pixels; in a square, 254.56 of a side.
      assert.equal(view.width, 255);
      assert.equal(view.height, 255);
      assert.equal(view.top, 11, "a quarter of the 46 places");
      assert.equal(view.left, 109, "three quarters of the 146 places");
      assert.equal(view.resizedWidth, 32);
      assert.equal(view.keptLeft, 0);
      assert.equal(source.taken, 4);
    }),
);

effectTest(
  "randomResizedCrop() takes width over height from the second draw",
  () =>
    Effect.sync(() => {
      const source = scripted(0.1, 1, 0, 0);
      const size = { width: 1000, height: 1000 };
      const view = randomResizedCrop(size, 8, defaultRandomCrop, source);
      // 172 000 pixels at 4/3: 478.9 by 359.2.
      assert.equal(view.width, 479);
      assert.equal(view.height, 359);
    }),
);

effectTest(
  "randomResizedCrop() takes the largest centred region after ten tries",
  () =>
    Effect.sync(() => {
      const wide = scripted(0.3);
      const size = { width: 1000, height: 10 };
      const view = randomResizedCrop(size, 8, defaultRandomCrop, wide);
      assert.equal(wide.taken, 20);
      assert.equal(view.height, 10);
      assert.equal(view.width, 13);
      assert.equal(view.left, 493);
      assert.equal(view.top, 0);
      const tall = randomResizedCrop(
        { width: 3, height: 90 },
        8,
        defaultRandomCrop,
        scripted(0.3),
      );
      assert.equal(tall.width, 3);
      assert.equal(tall.height, 4);
      assert.equal(tall.top, 43);
      const whole = randomResizedCrop(
        { width: 20, height: 20 },
        8,
        { scale: [4, 4], ratio: [3 / 4, 4 / 3] },
        scripted(0.3),
      );
      assert.equal(whole.width, 20);
      assert.equal(whole.height, 20);
    }),
);

effectTest(
  "randomResizedCrop() stays within images of any shape",
  () =>
    Effect.sync(() => {
      const shapes = draws(1, "shapes");
      for (let i = 0; i < 3000; i++) {
        const size = {
          width: 1 + shapes.integer(i % 3 === 0 ? 3 : 500),
          height: 1 + shapes.integer(i % 5 === 0 ? 3 : 500),
        };
        const source = draws(1, "augment", 0, i);
        const view = randomResizedCrop(size, 8, defaultRandomCrop, source);
        assert.ok(view.width >= 1 && view.height >= 1);
        assert.ok(view.left >= 0 && view.left + view.width <= size.width);
        assert.ok(view.top >= 0 && view.top + view.height <= size.height);
      }
    }),
);

effectTest(
  "randomResizedCrop() spreads area and ratio as torchvision's formula does",
  () =>
    Effect.sync(() => {
      const size = { width: 2000, height: 2000 };
      const options = { scale: [0.1, 0.3], ratio: [0.5, 2] } as const;
      let area = 0;
      let logRatio = 0;
      let left = 0;
      const count = 4000;
      for (let i = 0; i < count; i++) {
        const source = draws(2, "augment", 0, i);
        const view = randomResizedCrop(size, 8, options, source);
        area += view.width * view.height / 4e6 / count;
        logRatio += Math.log(view.width / view.height) / count;
        left += view.left / (2000 - view.width) / count;
      }
      assert.ok(Math.abs(area - 0.2) < 0.004, `mean area ${area}`);
      assert.ok(Math.abs(logRatio) < 0.025, `mean log-ratio ${logRatio}`);
      assert.ok(Math.abs(left - 0.5) < 0.02, `mean place ${left}`);
    }),
);
