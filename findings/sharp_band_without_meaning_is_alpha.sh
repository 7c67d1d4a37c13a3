#!/usr/bin/env bash
# sharp takes a TIFF band that is marked "no alpha" for transparency.
#
# Versions: sharp 0.35.5 (libvips 8.18), file by geotiff 3.0.5.
# TIFF's tag ExtraSamples says what bands beyond the colours are: 0 for
# unspecified data (near infrared in aerial images, a second radar channel), 1
# or 2 for transparency. Guess: hasAlpha is false for 0, and flatten() leaves
# the colours alone.
# Seen: hasAlpha is true, and flatten() blends by the fourth band: where near
# infrared is 0, the picture turns into the background. The same for two bands
# of grey, although metadata() then says two channels.
#
#   four bands: hasAlpha true, flattened 255 255 255 | 200 100 50
#   two bands: hasAlpha true, flattened 255 255 255 | 100 100 100
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  sharp@0.35.5 geotiff@3.0.5
cat > show.mjs <<'JS'
import { fromArrayBuffer, writeArrayBuffer } from "geotiff";
import assert from "node:assert/strict";
import sharp from "sharp";

const show = async (name, values, bands) => {
  const file = writeArrayBuffer(Uint8Array.from(values), {
    height: 1,
    width: 2,
    SamplesPerPixel: bands,
    BitsPerSample: Array(bands).fill(8),
    SampleFormat: Array(bands).fill(1),
    PhotometricInterpretation: bands < 3 ? 1 : 2,
    ExtraSamples: [0],
  });
  const image = await (await fromArrayBuffer(file)).getImage();
  assert.deepEqual(
    [...await image.readRasters({ interleave: true })],
    [...values],
  );
  const { hasAlpha } = await sharp(file).metadata();
  const flat = await sharp(file).flatten({ background: "#fff" })
    .toColourspace("srgb").raw().toBuffer();
  const [left, right] = [flat.subarray(0, 3), flat.subarray(3)];
  console.log(
    `${name}: hasAlpha ${hasAlpha}, flattened ` +
      `${left.join(" ")} | ${right.join(" ")}`,
  );
};
await show("four bands", [200, 100, 50, 0, 200, 100, 50, 255], 4);
await show("two bands", [200, 0, 100, 255], 2);
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
