import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { decode } from "./decode.ts";
import { tiffFile, type TiffFixture } from "./tiff_fixture.ts";
import assert from "node:assert/strict";

const decodeTiff = (fixture: TiffFixture, maxShortSide = Infinity) =>
  decode("it", { kind: "encoded", bytes: tiffFile(fixture) }, { maxShortSide });

const reasonOf = (fixture: TiffFixture) =>
  Effect.map(Effect.flip(decodeTiff(fixture)), ({ reason }) => reason);

/** Two pixels by two. */
const grey = [0, 51, 102, 255];
const red = [0, 51, 102, 255, 255, 204, 10, 20, 30, 7, 8, 9];
const greyRgb = grey.flatMap((level) => [level, level, level]);

/** Pixels of four with further bands between them. */
const withBands = (...bands: readonly number[]) =>
  [0, 1, 2, 3].flatMap((i) => [...red.slice(3 * i, 3 * i + 3), ...bands]);

effectTest(
  "decode() reads floats from 0 to 1, and from 0 to 255, as the same levels",
  () =>
    Effect.gen(function* () {
      for (const unit of [1, 255]) {
        for (const bigEndian of [false, true]) {
          const floats = (levels: readonly number[]) =>
            Float32Array.from(levels, (level) => level / 255 * unit);
          const common = { width: 2, format: 3, bigEndian };
          const one = yield* decodeTiff({ ...common, samples: floats(grey) });
          assert.deepEqual([...one.data], greyRgb);
          const three = yield* decodeTiff({
            ...common,
            samples: floats(red),
            bands: 3,
            photometric: 2,
          });
          assert.deepEqual([...three.data], red);
        }
      }
    }),
);

effectTest(
  "decode() reads 32-bit integers by their whole range",
  () =>
    Effect.gen(function* () {
      const samples = Uint32Array.from(grey, (level) => level * 2 ** 24 + 77);
      const image = yield* decodeTiff({ width: 2, samples });
      assert.deepEqual([...image.data], greyRgb);
      const reduced = yield* decodeTiff({ width: 2, samples }, 1);
      assert.deepEqual([reduced.width, reduced.height], [1, 1]);
    }),
);

effectTest(
  "decode() leaves out bands of RGB that are not marked as transparency",
  () =>
    Effect.gen(function* () {
      const rgb = { width: 2, photometric: 2 };
      for (const extraSamples of [[0], [0, 0], [0, 0, 0, 0, 0, 0, 0]]) {
        const bands = 3 + extraSamples.length;
        const levels = withBands(...extraSamples.map((_, i) => 40 * i));
        const bytes = yield* decodeTiff({
          ...rgb,
          bands,
          extraSamples,
          samples: Uint8Array.from(levels),
        });
        assert.deepEqual([...bytes.data], red, `${bands} bands`);
        const words = yield* decodeTiff({
          ...rgb,
          bands,
          extraSamples,
          samples: Uint16Array.from(levels, (level) => 257 * level),
        });
        assert.deepEqual([...words.data], red, `${bands} bands of 16 bits`);
      }
    }),
);

effectTest(
  "decode() blends the band that is transparency, wherever it stands",
  () =>
    Effect.gen(function* () {
      const image = (extra: readonly number[], extraSamples?: number[]) =>
        decodeTiff({
          width: 2,
          photometric: 2,
          bands: 3 + extra.length,
          samples: Uint8Array.from(withBands(...extra)),
          ...extraSamples && { extraSamples },
        });
      const half = yield* image([128], [2]);
      assert.ok(half.data.every((level, i) =>
        Math.abs(level - (red[i]! * 128 + 255 * 127) / 255) <= 1
      ));
      // A fourth band of RGB without a mark, as old writers leave it.
      assert.deepEqual((yield* image([128])).data, half.data);
      assert.deepEqual((yield* image([9, 128], [0, 2])).data, half.data);
      assert.deepEqual((yield* image([128, 9], [2, 0])).data, half.data);
    }),
);

effectTest(
  "decode() says of what a TIFF is that is no picture",
  () =>
    Effect.gen(function* () {
      const levels = Uint8Array.from(grey);
      const floats = (...samples: number[]): TiffFixture => ({
        width: 2,
        format: 3,
        samples: Float32Array.from(samples),
      });
      const said: readonly [TiffFixture, RegExp][] = [
        [floats(-0.5, 0, 0, 1), /of 32-bit floats from -0.5 to 1: those from/],
        [floats(0, 1, 2, 4000), /of 32-bit floats from 0 to 4000:/],
        [floats(0, 0.1, 0.2, 1.3), /of 32-bit floats from 0 to 1.3:/],
        [floats(0, 0.1, 0.2, NaN), /that are not all numbers:/],
        [
          { width: 2, samples: Uint32Array.of(0, 1, 900, 77) },
          /of 32-bit integers from 0 to 900: .* all would be black$/,
        ],
        [
          { width: 2, samples: Float64Array.from(grey), format: 3 },
          /of 64-bit floats, which are not read$/,
        ],
        [
          { width: 2, samples: Uint16Array.from(grey), format: 3 },
          /of 16-bit floats, which are not read$/,
        ],
        [
          { width: 2, samples: Int16Array.from(grey), format: 2 },
          /of 16-bit signed integers, which are not read$/,
        ],
        [
          { width: 2, samples: levels, bands: 2, extraSamples: [0] },
          /of 2 bands, none of them marked as red/,
        ],
        [
          { width: 1, samples: levels, bands: 4, extraSamples: [0, 0, 0] },
          /of 4 bands, none of them marked as red/,
        ],
        [
          { width: 1, samples: levels.subarray(1), bands: 3, photometric: 8 },
          /with the colours of CIELab in 8 bits, which is not read$/,
        ],
        [
          { width: 1, samples: levels.subarray(1), bands: 3, photometric: 6 },
          /with the colours of YCbCr that is not compressed as JPEG/,
        ],
        [
          {
            width: 1,
            samples: levels,
            bands: 4,
            photometric: 5,
            tags: { 332: 2 },
          },
          /of 4 inks that are not CMYK/,
        ],
        [
          { width: 2, samples: levels, tags: { 50706: 1 } },
          /it is a raw photograph \(DNG\), which is not read$/,
        ],
      ];
      for (const [fixture, pattern] of said) {
        assert.match(yield* reasonOf(fixture), pattern);
      }
    }),
);
