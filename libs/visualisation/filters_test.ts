import { floatTensor } from "@deepcluster/core";
import { initialise, small } from "@deepcluster/models";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { filterPicture } from "./filters.ts";
import assert from "node:assert/strict";

/** A network whose two first filters are given. */
const withFilters = Effect.fnUntraced(function* (
  sobel: boolean,
  weights: (index: number) => number,
) {
  const network = yield* small({ sobel, channels: [2], units: [4], size: 8 });
  const parameters = initialise(network, 1);
  const { shape, data } = parameters["features.0.weight"]!;
  return {
    name: "made",
    network,
    parameters: {
      ...parameters,
      "features.0.weight": floatTensor(
        shape,
        data.map((_, index) => weights(index)),
      ),
    },
  };
});

effectTest(
  "filterPicture() draws filters of RGB from their smallest to their largest weight",
  () =>
    Effect.gen(function* () {
      // Filter 0 is 0 to 26, filter 1 the same a hundred times as large.
      const model = yield* withFilters(
        false,
        (index) => (index % 27) * (index < 27 ? 1 : 100),
      );
      const drawn = yield* filterPicture(model, { scale: 1 });
      const { picture, columns, channels } = drawn;
      assert.deepEqual([columns, channels, drawn.layer], [2, 3, "conv1"]);
      assert.deepEqual([picture.width, picture.height], [12, 7]);
      const pixel = (
        y: number,
        x: number,
      ) => [...picture.data.subarray(3 * (12 * y + x)).subarray(0, 3)];
      const level = (weight: number) => Math.round(255 * weight / 26);
      for (let y = 0; y < 3; y++) {
        for (let x = 0; x < 3; x++) {
          const place = 3 * y + x;
          const expected = [place, 9 + place, 18 + place].map(level);
          assert.deepEqual(pixel(2 + y, 2 + x), expected);
          assert.deepEqual(pixel(2 + y, 7 + x), expected);
        }
      }
      assert.deepEqual(pixel(3, 5), [255, 255, 255]);
    }),
);

effectTest(
  "filterPicture() draws both Sobel channels of a filter, 0 in the middle grey",
  () =>
    Effect.gen(function* () {
      const model = yield* withFilters(
        true,
        (index) => index === 0 ? -2 : index === 9 ? 1 : index === 18 ? 7 : 0,
      );
      const { picture, channels, legend } = yield* filterPicture(model, {
        scale: 2,
      });
      assert.equal(channels, 2);
      assert.match(legend, /horizontal Sobel gradient on the left/);
      // Margin 6, a filter of 6 + 1 + 6; border 6, the next filter below.
      const grey = (y: number, x: number) =>
        picture.data[3 * (picture.width * (6 + y) + 6 + x)];
      assert.deepEqual([picture.width, picture.height], [25, 30]);
      assert.deepEqual([grey(0, 0), grey(1, 1), grey(2, 2)], [0, 0, 128]);
      assert.deepEqual([grey(0, 7), grey(1, 8), grey(0, 9)], [191, 191, 128]);
      assert.deepEqual([grey(0, 6), grey(6, 0)], [255, 255]);
      assert.deepEqual([grey(12, 7), grey(17, 12)], [128, 128]);
    }),
);

effectTest(
  "filterPicture() draws a filter of equal weights in one grey",
  () =>
    Effect.gen(function* () {
      for (const sobel of [true, false]) {
        const model = yield* withFilters(sobel, () => 0);
        const { picture } = yield* filterPicture(model);
        assert.deepEqual(new Set(picture.data), new Set([128, 255]));
      }
    }),
);

effectTest(
  "filterPicture() refuses models without a network, and weights that are not finite",
  () =>
    Effect.gen(function* () {
      const refused = (model: Parameters<typeof filterPicture>[0]) =>
        Effect.map(Effect.flip(filterPicture(model)), (error) => error.message);
      assert.equal(
        yield* refused({ name: "vit.onnx", parameters: {} }),
        "Cannot draw filters as the model must be a run, a PyTorch or " +
          "safetensors file, or random: vit.onnx is an ONNX encoder, which " +
          "is run but not read",
      );
      assert.match(
        yield* refused({ name: "pixels", parameters: {} }),
        /: pixels is the images themselves$/,
      );
      const broken = yield* withFilters(false, (i) => i === 5 ? NaN : 1);
      assert.equal(
        yield* refused(broken),
        "Cannot draw filters as every weight of the network must be finite: " +
          "current values are features.0.weight[5]=NaN",
      );
    }),
);
