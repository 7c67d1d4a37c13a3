import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fixture from "./fixtures/pillow_resample.json" with { type: "json" };
import { makePillowResampler, makePillowResizer } from "./pillow_resample.ts";
import { type View, wholeView } from "./resample.ts";
import {
  type AxisWeights,
  axisWeights,
  type Interpolation,
  setWeights,
} from "./resampling_weights.ts";

const made = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => i * 7919 + i * i % 251 * 13 + Math.floor(i / 97),
  ),
});

const plain = { scale: [1, 1, 1], shift: [0, 0, 0] } as const;

/** What is kept of a view, `[height, width, 3]` as Pillow has it. */
const resized = (
  image: ReturnType<typeof made>,
  view: View,
  kept: { readonly width: number; readonly height: number },
  filter: Interpolation = "bilinear",
) => {
  const pixels = kept.width * kept.height;
  const planes = new Float32Array(3 * pixels);
  makePillowResampler(kept, plain, filter)(image, view, planes, 0);
  return Uint8Array.from(
    planes,
    (_, i) => planes[i % 3 * pixels + Math.floor(i / 3)]!,
  );
};

Deno.test("makePillowResampler() gives the bytes of Pillow with every filter, reduced and enlarged", () => {
  for (const { filter, from, to, sha256 } of fixture.cases) {
    const [width, height] = to as [number, number];
    const image = made(from[0]!, from[1]!);
    const view = wholeView(image, 1);
    const all = { ...view, resizedWidth: width, resizedHeight: height };
    const kept = { width, height };
    const bytes = resized(image, all, kept, filter as Interpolation);
    const digest = createHash("sha256").update(bytes).digest("hex");
    assert.equal(digest, sha256, `${filter} ${from} to ${to}`);
  }
});

Deno.test("makePillowResampler() keeps what a crop of the resized image holds", () => {
  const image = made(50, 37);
  const view = {
    ...wholeView(image, 1),
    resizedWidth: 23,
    resizedHeight: 17,
  };
  const whole = resized(image, view, { width: 23, height: 17 });
  const part = resized(
    image,
    { ...view, keptLeft: 4, keptTop: 9 },
    { width: 6, height: 8 },
  );
  for (let y = 0; y < 8; y++) {
    const start = ((9 + y) * 23 + 4) * 3;
    assert.deepEqual(
      part.subarray(y * 18, (y + 1) * 18),
      whole.subarray(start, start + 18),
    );
  }
});

/** Plain loops over the inputs of each result, as Pillow's. */
const byLoops = (
  { width, data }: ReturnType<typeof made>,
  view: View,
  kept: { readonly width: number; readonly height: number },
  filter: Interpolation,
): Uint8Array => {
  const mixed = (
    axis: AxisWeights,
    at: number,
    levelOf: (input: number) => number,
  ) => {
    let sum = 2 ** 21;
    for (let tap = 0; tap < axis.count[at]!; tap++) {
      const weight = axis.weights[at * axis.taps + tap]! * 2 ** 22;
      sum += Math.sign(weight) * Math.floor(Math.abs(weight) + 0.5) *
        levelOf(axis.first[at]! + tap);
    }
    return Math.min(255, Math.max(0, Math.floor(sum / 2 ** 22)));
  };
  const across = axisWeights(kept.width);
  setWeights(across, filter, view.width, view.resizedWidth, view.keptLeft);
  const down = axisWeights(kept.height);
  setWeights(down, filter, view.height, view.resizedHeight, view.keptTop);
  return Uint8Array.from({ length: 3 * kept.width * kept.height }, (_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const x = pixel % kept.width;
    return mixed(
      down,
      Math.floor(pixel / kept.width),
      (row) =>
        mixed(across, x, (column) =>
          data[
            3 * ((view.top + row) * width + view.left + column) + channel
          ]!),
    );
  });
};

Deno.test("makePillowResizer() gives the bytes of plain loops, of any part of an image of any size, one view after another", () => {
  for (
    const [width, height, side, filter] of [
      [64, 64, 32, "bilinear"],
      [20, 30, 32, "lanczos"],
      [7, 40_000, 3, "bilinear"],
      [30_000, 9, 5, "box"],
      [41, 23, 9, "bicubic"],
    ] as const
  ) {
    const image = made(width, height);
    const kept = { width: side, height: side + 1 };
    const resize = makePillowResizer(kept, filter);
    for (const [left, top] of [[0, 0], [2, 3], [0, 1]] as const) {
      const view = {
        ...wholeView(image, side + 3),
        left,
        top,
        width: width - 2 * left,
        height: height - top,
        keptLeft: left,
        keptTop: 1,
      };
      const bytes = resize(image, view).slice();
      const expected = byLoops(image, view, kept, filter);
      assert.deepEqual(bytes, expected, `${filter} ${width} ${left}`);
    }
  }
});
