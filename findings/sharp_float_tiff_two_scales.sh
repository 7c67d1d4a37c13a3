#!/usr/bin/env bash
# A TIFF of floats from 0 to 1 is black in sharp when grey, brightened when RGB.
#
# Versions: sharp 0.35.5 (libvips 8.18), files by geotiff 3.0.5.
# Guess: floats are taken as 0 to 1 whatever the number of bands, so both files
# become 0, 64, 128, 255.
# Seen: of one band, floats are taken as 0 to 255: an image of 0 to 1 is black
# (0 0 0 1). Of three bands, the same numbers are taken as linear light from 0
# to 1 and encoded as sRGB: 0.5 becomes 188. There is neither an error nor a
# warning; metadata() says "float" for both, and only its space differs.
# 32-bit integers are a third rule: beyond 255 they are 255, and from 2^31 on,
# being taken as negative, 0.
#
#   one band, b-w float: 0 0 0 1
#   three bands, scrgb float: 0 137 188 255
#   uint32 of 0, 255, 256, 4294967295, b-w uint: 0 255 255 0
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

const ramp = [0, 0.25, 0.5, 1];
const show = async (name, values, bands) => {
  const file = writeArrayBuffer(values, {
    height: 2,
    width: 2,
    SamplesPerPixel: bands,
    BitsPerSample: Array(bands).fill(32),
    SampleFormat: Array(bands).fill(values instanceof Float32Array ? 3 : 1),
    PhotometricInterpretation: bands === 1 ? 1 : 2,
  });
  // The file is sound: another reader gives the numbers back.
  const image = await (await fromArrayBuffer(file)).getImage();
  const back = await image.readRasters({ interleave: true });
  assert.deepEqual([...back], [...values]);
  const { space, depth } = await sharp(file).metadata();
  const pixels = await sharp(file).raw().toBuffer();
  const first = [0, 1, 2, 3].map((i) => pixels[i * pixels.length / 4]);
  console.log(`${name}, ${space} ${depth}: ${first.join(" ")}`);
};
await show("one band", Float32Array.from(ramp), 1);
const three = ramp.flatMap((value) => [value, value, value]);
await show("three bands", Float32Array.from(three), 3);
const integers = Uint32Array.of(0, 255, 256, 4294967295);
await show(`uint32 of ${integers.join(", ")}`, integers, 1);
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
