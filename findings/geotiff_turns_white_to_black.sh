#!/usr/bin/env bash
# geotiff's readRGB() makes pure white black where a TIFF says that 0 is white.
#
# Versions: geotiff 3.0.5, sharp 0.35.5; files by tifffile 2026.3.3, numpy 2.4.6.
# Scans and faxes are kept with PhotometricInterpretation 0: 0 is white, and the
# paper is all zeros.
# Guess: 255 less the level.
# Seen: of eight bits 256 less the level, put into a byte: 256 becomes 0, and every
# other level is one too bright. The paper, which is most of a page, turns as black
# as the ink, and what is left of the page are the grey edges of its letters. Of 16
# bits white is black as well. No error. Where 0 is black it is right, and
# readRasters() gives the levels unturned.
#
#   levels in the file: 0 1 2 100 254 255
#   0 is white, geotiff: 0 255 254 156 2 1
#   0 is white, sharp: 255 254 253 155 1 0
#   255 is white, geotiff: 0 1 2 100 254 255
#   0 is white, 16 bits, geotiff: 0 254 253 155 1 0
#   0 is white, 16 bits, sharp: 255 254 253 155 1 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  numpy==2.4.6 tifffile==2026.3.3
venv/bin/python - <<'PY'
import numpy as np
import tifffile

levels = np.array([[0, 1, 2, 100, 254, 255]], dtype=np.uint8)
tifffile.imwrite("white0.tif", levels, photometric="miniswhite")
tifffile.imwrite("white255.tif", levels, photometric="minisblack")
tifffile.imwrite("wide.tif", levels.astype(np.uint16) * 257,
                 photometric="miniswhite")
PY
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  geotiff@3.0.5 sharp@0.35.5
cat > show.mjs <<'JS'
import { readFileSync } from "node:fs";
import { fromArrayBuffer } from "geotiff";
import sharp from "sharp";

const open = async (file) =>
  (await fromArrayBuffer(new Uint8Array(readFileSync(file)).buffer)).getImage();
const reds = (pixels, bands) =>
  [...pixels].filter((_, place) => place % bands === 0).join(" ");
const [levels] = await (await open("white0.tif")).readRasters();
console.log(`levels in the file: ${reds(levels, 1)}`);
for (const [name, file, readers] of [
  ["0 is white", "white0.tif", ["geotiff", "sharp"]],
  ["255 is white", "white255.tif", ["geotiff"]],
  ["0 is white, 16 bits", "wide.tif", ["geotiff", "sharp"]],
]) {
  for (const reader of readers) {
    const pixels = reader === "geotiff"
      ? await (await open(file)).readRGB({ interleave: true })
      : await sharp(file).toColourspace("srgb").removeAlpha().raw().toBuffer();
    console.log(`${name}, ${reader}: ${reds(pixels, pixels.length / 6)}`);
  }
}
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
