import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { tiffFile, type TiffFixture } from "./tiff_fixture.ts";
import { tiffLayout } from "./tiff_layout.ts";
import assert from "node:assert/strict";

const satellite: TiffFixture = {
  width: 2,
  samples: new Uint16Array(2 * 6),
  bands: 6,
  photometric: 2,
  extraSamples: [0, 2, 0],
  format: 1,
};

effectTest(
  "tiffLayout() reads the same tags from both byte orders and from BigTIFF",
  () =>
    Effect.sync(() => {
      for (const bigEndian of [false, true]) {
        for (const bigTiff of [false, true]) {
          const file = tiffFile({ ...satellite, bigEndian, bigTiff });
          assert.deepEqual(tiffLayout(file), {
            bits: 16,
            format: "unsigned",
            bands: 6,
            photometric: 2,
            extraSamples: [0, 2, 0],
            compression: 1,
            otherInks: false,
            profile: false,
            dng: false,
          });
        }
      }
    }),
);

effectTest(
  "tiffLayout() tells a missing tag from one that says 0",
  () =>
    Effect.sync(() => {
      const { extraSamples: _, ...without } = satellite;
      assert.ok(!("extraSamples" in tiffLayout(tiffFile(without))!));
      const one = { ...satellite, extraSamples: [0] };
      assert.deepEqual(tiffLayout(tiffFile(one))?.extraSamples, [0]);
    }),
);

effectTest(
  "tiffLayout() gives nothing for a file that is no TIFF, or ends in its tags",
  () =>
    Effect.sync(() => {
      const file = tiffFile(satellite);
      for (let length = 0; length < file.length; length++) {
        assert.equal(tiffLayout(file.subarray(0, length)), undefined);
      }
      assert.ok(tiffLayout(file) !== undefined);
      assert.equal(
        tiffLayout(Uint8Array.of(0x89, 0x50, 0x4e, 0x47)),
        undefined,
      );
      const foreign = Uint8Array.from(file);
      foreign[2] = 41;
      assert.equal(tiffLayout(foreign), undefined);
    }),
);
