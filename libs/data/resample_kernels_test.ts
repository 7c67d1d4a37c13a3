import { draws } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import type { Image } from "./image.ts";
import { makeResampler, type View } from "./resample.ts";
import {
  type AxisWeights,
  axisWeights,
  type Interpolation,
  interpolations,
  setWeights,
} from "./resampling_weights.ts";
import assert from "node:assert/strict";

const scale = [0.25, 1 / 3, 1.7] as const;
const shift = [-0.5, 0.1, 3] as const;

/** What the kernels promise, number by number. */
const plainly = (
  { width, data }: Image,
  view: View,
  side: number,
  filter: Interpolation,
): Float32Array => {
  const across = axisWeights(side);
  const down = axisWeights(side);
  setWeights(across, filter, view.width, view.resizedWidth, view.keptLeft);
  setWeights(down, filter, view.height, view.resizedHeight, view.keptTop);
  const out = new Float32Array(3 * side * side);
  const each = ({ count, weights, taps }: AxisWeights, i: number) =>
    weights.subarray(i * taps, i * taps + count[i]!);
  for (let y = 0; y < side; y++) {
    const mixed = (column: number, channel: number) => {
      const terms = [...each(down, y)].map((weight, tap) => {
        const row = view.top + down.first[y]! + tap;
        return weight * data[(row * width + view.left + column) * 3 + channel]!;
      });
      let sum = 0;
      while (terms.length >= 3) {
        const [first, second, third] = terms.splice(0, 3);
        sum += first! + second! + third!;
      }
      for (const term of terms) sum += term;
      return sum;
    };
    for (let x = 0; x < side; x++) {
      const column = view.mirrored ? side - 1 - x : x;
      for (let channel = 0; channel < 3; channel++) {
        const sum = each(across, x).reduce(
          (sum, weight, tap) =>
            sum + weight * mixed(across.first[x]! + tap, channel),
          0,
        );
        out[channel * side * side + y * side + column] = sum *
            scale[channel]! + shift[channel]!;
      }
    }
  }
  return out;
};

effectTest(
  "makeResampler() gives the bits of plain loops in double precision",
  () =>
    Effect.sync(() => {
      for (let seed = 0; seed < 60; seed++) {
        const source = draws(seed, "resample");
        // Wide ones are read in several bands.
        const width = seed % 10 === 0 ? 6000 : 1 + source.integer(90);
        const height = 1 + source.integer(70);
        const data = Uint8Array.from(
          { length: width * height * 3 },
          () => source.integer(256),
        );
        const left = source.integer(width);
        const top = source.integer(height);
        const side = 1 + source.integer(9);
        const resizedWidth = side + source.integer(20);
        const resizedHeight = side + source.integer(20);
        const view = {
          left,
          top,
          width: width - left,
          height: height - top,
          resizedWidth,
          resizedHeight,
          keptLeft: source.integer(resizedWidth - side + 1),
          keptTop: source.integer(resizedHeight - side + 1),
          mirrored: seed % 2 === 1,
        };
        const image = { width, height, data };
        const filter = interpolations[seed % interpolations.length]!;
        const found = new Float32Array(3 * side * side);
        makeResampler(side, { scale, shift }, filter)(image, view, found, 0);
        const expected = plainly(image, view, side, filter);
        const bits = (floats: Float32Array) => new Int32Array(floats.buffer);
        assert.deepEqual(
          bits(found),
          bits(expected),
          `seed ${seed}, ${filter}`,
        );
      }
    }),
);
