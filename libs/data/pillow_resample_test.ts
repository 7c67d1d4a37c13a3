import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fixture from "./fixtures/pillow_resample.json" with { type: "json" };
import { makePillowResampler } from "./pillow_resample.ts";
import { type View, wholeView } from "./resample.ts";
import type { Interpolation } from "./resampling_weights.ts";

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
