#!/usr/bin/env bash
# utif2, and so jimp, take a TIFF's planes of red, green and blue for its pixels.
#
# Versions: utif2 4.1.0, jimp 1.6.1, sharp 0.35.5 of the npm registry; files by
# tifffile 2026.3.3, numpy 2.4.6.
# TIFF keeps colours pixel by pixel (PlanarConfiguration 1) or one plane after the
# other (2). Satellite images, microscopes and whatever writes arrays of
# [3, height, width] keep planes.
# Guess: the same picture, or an error that planes are not supported.
# Seen: the tag is not looked at. Three neighbours of the red plane become one
# pixel, so that three small grey copies of the picture stand in the upper third,
# with green and blue below. Size and alpha are right, no error. Where the rows of
# the planes stand in strips it is so as well; sharp has it right.
#
# Random pixels; how many in a hundred are wrong:
#
#   pixels: utif2 0, jimp 0, sharp 0
#   planes: utif2 100, jimp 100, sharp 0
#   planes in strips, deflated: utif2 100, jimp 100, sharp 0
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

rgb = np.random.default_rng(0).integers(0, 256, (36, 50, 3)).astype(np.uint8)
rgb.tofile("exact.raw")
planes = np.ascontiguousarray(rgb.transpose(2, 0, 1))
tifffile.imwrite("pixels.tif", rgb, photometric="rgb")
tifffile.imwrite("planes.tif", planes, photometric="rgb", planarconfig="separate")
tifffile.imwrite("planes in strips, deflated.tif", planes, photometric="rgb",
                 planarconfig="separate", rowsperstrip=6, compression="zlib")
PY
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  utif2@4.1.0 jimp@1.6.1 sharp@0.35.5
cat > show.mjs <<'JS'
import { readFileSync } from "node:fs";
import { Jimp } from "jimp";
import sharp from "sharp";
import utif from "utif2";

const exact = readFileSync("exact.raw");
const wrong = (rgba) => {
  let count = 0;
  for (let pixel = 0; pixel < exact.length / 3; pixel += 1) {
    const same = [0, 1, 2].every((band) =>
      rgba[pixel * 4 + band] === exact[pixel * 3 + band]
    );
    count += same ? 0 : 1;
  }
  return Math.round(300 * count / exact.length);
};
const readers = {
  utif2: (bytes) => {
    const memory = new Uint8Array(bytes).buffer;
    const [image] = utif.decode(memory);
    utif.decodeImage(memory, image);
    return utif.toRGBA8(image);
  },
  jimp: async (bytes) => (await Jimp.fromBuffer(bytes)).bitmap.data,
  sharp: (bytes) => sharp(bytes).ensureAlpha().raw().toBuffer(),
};
for (const name of ["pixels", "planes", "planes in strips, deflated"]) {
  const told = [];
  for (const [reader, read] of Object.entries(readers)) {
    told.push(`${reader} ${wrong(await read(readFileSync(`${name}.tif`)))}`);
  }
  console.log(`${name}: ${told.join(", ")}`);
}
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
