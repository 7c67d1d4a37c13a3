import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import { centreCrop } from "./crops.ts";
import type { Image } from "./image.ts";
import { makeResampler, type View, wholeView } from "./resample.ts";
import assert from "node:assert/strict";
import fixture from "./fixtures/resample.json" with { type: "json" };

const bytesOf = (base64: string) =>
  Uint8Array.from(Buffer.from(base64, "base64"));

const imageOf = (name: string): Image => {
  const { width, height, pixels } = fixture
    .images[name as keyof typeof fixture.images];
  return { width, height, data: bytesOf(pixels) };
};

const resample = (image: Image, view: View, side: number): Float32Array => {
  const out = new Float32Array(3 * side * side);
  makeResampler(side)(image, view, out, 0);
  return out;
};

/** Compares planes with Pillow's interleaved whole grey levels. */
const assertWithinOneLevel = (
  actual: Float32Array,
  pixels: string,
  side: number,
  what: string,
) => {
  const expected = bytesOf(pixels);
  assert.equal(expected.length, actual.length, what);
  for (let i = 0; i < side * side; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const found = actual[channel * side * side + i]!;
      const off = Math.abs(found - expected[i * 3 + channel]!);
      assert.ok(off <= 1, `${what}: pixel ${i}, channel ${channel} by ${off}`);
    }
  }
};

effectTest(
  "makeResampler() resizes crops as torchvision does, within a grey level",
  () =>
    Effect.sync(() => {
      for (const test of fixture.resized_crops) {
        const [left, top, width, height] = test.box as [
          number,
          number,
          number,
          number,
        ];
        const view = {
          ...wholeView({ width, height }, test.side),
          left,
          top,
          mirrored: test.mirrored,
        };
        const found = resample(imageOf(test.image), view, test.side);
        assertWithinOneLevel(found, test.pixels, test.side, test.name);
      }
    }),
);

effectTest(
  "makeResampler() of centreCrop() equals torchvision's Resize and CenterCrop",
  () =>
    Effect.sync(() => {
      for (const test of fixture.centre_crops) {
        const image = imageOf(test.image);
        const view = centreCrop(image, test.resize, test.crop);
        const found = resample(image, view, test.crop);
        assertWithinOneLevel(found, test.pixels, test.crop, test.image);
      }
    }),
);

effectTest(
  "makeResampler() copies a region whose size does not change",
  () =>
    Effect.sync(() => {
      const image = imageOf("wide");
      const view = {
        ...wholeView({ width: 8, height: 8 }, 8),
        left: 3,
        top: 4,
      };
      const found = resample(image, view, 8);
      for (let y = 0; y < 8; y++) {
        for (let x = 0; x < 8; x++) {
          for (let channel = 0; channel < 3; channel++) {
            assert.equal(
              found[channel * 64 + y * 8 + x],
              image.data[((4 + y) * 50 + 3 + x) * 3 + channel],
            );
          }
        }
      }
    }),
);

effectTest(
  "makeResampler() enlarges two pixels to four as worked by hand",
  () =>
    Effect.sync(() => {
      const image = {
        width: 2,
        height: 1,
        data: Uint8Array.of(0, 0, 0, 100, 200, 40),
      };
      const rows = (channel: number) =>
        Array.from(resample(image, wholeView(image, 4), 4))
          .slice(channel * 16, channel * 16 + 4);
      assert.deepEqual(rows(0), [0, 25, 75, 100]);
      assert.deepEqual(rows(1), [0, 50, 150, 200]);
      assert.deepEqual(rows(2), [0, 10, 30, 40]);
    }),
);

effectTest(
  "makeResampler() mirrored writes each row of the plain result backwards",
  () =>
    Effect.sync(() => {
      const image = imageOf("tall");
      const view = wholeView(image, 6);
      const plain = resample(image, view, 6);
      const mirrored = resample(image, { ...view, mirrored: true }, 6);
      for (let row = 0; row < 18; row++) {
        const at = row * 6;
        assert.deepEqual(
          mirrored.subarray(at, at + 6),
          plain.slice(at, at + 6).reverse(),
        );
      }
    }),
);

effectTest(
  "makeResampler() writes only its own part, scaled and shifted per channel",
  () =>
    Effect.sync(() => {
      const image = { width: 1, height: 1, data: Uint8Array.of(10, 20, 30) };
      const out = new Float32Array(7).fill(-9);
      const resampler = makeResampler(1, {
        scale: [1, 2, 0.5],
        shift: [0, 1, -1],
      });
      resampler(image, wholeView(image, 1), out, 2);
      assert.deepEqual([...out], [-9, -9, 10, 41, 14, -9, -9]);
    }),
);

effectTest(
  "makeResampler() gives the same after larger and smaller views",
  () =>
    Effect.sync(() => {
      const resampler = makeResampler(5);
      const small = imageOf("dot");
      const large = imageOf("wide");
      const out = new Float32Array(75);
      const see = (image: Image) => {
        resampler(image, wholeView(image, 5), out, 0);
        return out.slice();
      };
      const first = see(small);
      const expected = resample(large, wholeView(large, 5), 5);
      assert.deepEqual(see(large), expected);
      assert.deepEqual(see(small), first);
    }),
);
