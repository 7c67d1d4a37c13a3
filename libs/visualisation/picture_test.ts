import { draws } from "@deepcluster/core";
import type { Image } from "@deepcluster/data";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { encodePng, enlarge } from "./picture.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

const noise = (width: number, height: number): Image => {
  const { integer } = draws(3, "noise");
  const data = Uint8Array.from(
    { length: 3 * width * height },
    () => integer(256),
  );
  return { width, height, data };
};

effectTest(
  "enlarge() repeats every pixel exactly, without a shift",
  () =>
    Effect.sync(() => {
      const image = noise(5, 3);
      for (const factor of [1, 2, 3, 7]) {
        const { width, height, data } = enlarge(image, factor);
        assert.deepEqual([width, height], [5 * factor, 3 * factor]);
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const from = 3 *
              (Math.floor(y / factor) * 5 + Math.floor(x / factor));
            const to = 3 * (y * width + x);
            assert.deepEqual(
              data.subarray(to, to + 3),
              image.data.subarray(from, from + 3),
              `pixel ${y}, ${x} of factor ${factor}`,
            );
          }
        }
      }
    }),
);

effectTest(
  "encodePng() keeps every pixel, and gives the same bytes twice",
  () =>
    Effect.gen(function* () {
      const image = noise(31, 17);
      const png = yield* encodePng(image);
      const { data, info } = yield* Effect.promise(() =>
        sharp(png).raw().toBuffer({ resolveWithObject: true })
      );
      assert.deepEqual([info.width, info.height, info.channels], [31, 17, 3]);
      assert.deepEqual(new Uint8Array(data), image.data);
      assert.deepEqual(yield* encodePng(image), png);
    }),
);
