import type { Image } from "@deepcluster/data";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { inputSquare } from "./input_square.ts";
import type { TopImages } from "./top_images.ts";
import { topImagesPicture } from "./top_images_picture.ts";

const pixelOf = ({ width, data }: Image, x: number, y: number) => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

/** A square whose pixels tell where they are. */
const squareOf = (side: number) => (index: number) =>
  Effect.succeed<Image>({
    width: side,
    height: side,
    data: Uint8Array.from({ length: 3 * side ** 2 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return [index, pixel % side, Math.floor(pixel / side)][i % 3]!;
    }),
  });

const madeOf = (side: number, filters: TopImages["filters"]): TopImages => ({
  layer: { name: "conv1", path: "features.2", filters: 8 },
  images: 100,
  side,
  fieldSize: 4,
  filters,
});

const top = [
  {
    index: 40,
    activation: 2,
    region: { left: 2, top: 5, width: 4, height: 3 },
  },
  { index: 7, activation: 1, region: { left: 0, top: 0, width: 8, height: 8 } },
];

effectTest(
  "topImagesPicture() repeats pixels of images, and of regions beside them",
  () =>
    Effect.gen(function* () {
      const found = madeOf(8, [{ filter: 3, top }, { filter: 5, top: [] }]);
      const picture = yield* topImagesPicture(found, squareOf(8), { tile: 16 });
      // A margin of 12; images of 16 with a line between; 4 to the regions.
      const images = [12, 12 + 17];
      const regions = images.map((x) => x + 33 + 4);
      for (let y = 0; y < 16; y++) {
        for (let x = 0; x < 16; x++) {
          const [column, row] = [x >> 1, y >> 1];
          assert.deepEqual(pixelOf(picture, images[0]! + x, 12 + y), [
            40,
            column,
            row,
          ]);
          assert.deepEqual(pixelOf(picture, images[1]! + x, 12 + y), [
            7,
            column,
            row,
          ]);
          assert.deepEqual(pixelOf(picture, regions[1]! + x, 12 + y), [
            7,
            column,
            row,
          ]);
          // 4 by 3 pixels, four times as large, in the middle.
          const inside = y >= 2 && y < 14;
          assert.deepEqual(
            pixelOf(picture, regions[0]! + x, 12 + y),
            inside ? [40, 2 + (x >> 2), 5 + ((y - 2) >> 2)] : [255, 255, 255],
          );
        }
      }
      assert.deepEqual(pixelOf(picture, 12 + 16, 13), [255, 255, 255]);
    }),
);

effectTest(
  "topImagesPicture() averages whole blocks of large images",
  () =>
    Effect.gen(function* () {
      const found = madeOf(40, [{ filter: 0, top: top.slice(0, 1) }]);
      const picture = yield* topImagesPicture(found, squareOf(40), {
        tile: 20,
      });
      // The mean of pixels 6 and 7 is 6.5, which is rounded up.
      assert.deepEqual(pixelOf(picture, 12 + 3, 12 + 5), [40, 7, 11]);
    }),
);

Deno.test("inputSquare() is the centre that the network is fed, in grey levels", () => {
  const image = {
    width: 18,
    height: 20,
    data: Uint8Array.from(
      { length: 3 * 18 * 20 },
      (_, i) => i % 3 === 0 ? 200 : 7,
    ),
  };
  const square = inputSquare({ size: 16 })(image);
  assert.deepEqual([square.width, square.height], [16, 16]);
  assert.deepEqual(new Set(square.data), new Set([200, 7]));
  assert.deepEqual(pixelOf(square, 3, 9), [200, 7, 7]);
});
