#!/usr/bin/env bash
# image-js mixes up the pixels of black-and-white and palette PNGs, and of TIFFs
# in tiles.
#
# Versions: image-js 1.7.0, upng-js 2.1.0 and sharp 0.35.5 of the npm registry;
# files by Pillow 13.0.0 and tifffile 2026.3.3.
# Icons, emoji and scanned pages of few colours are PNGs of 1, 2 or 4 bits a
# pixel, each row of which begins with a new byte; large scans are TIFFs in tiles.
# Guess: what a decoder does not know it refuses; what it returns is the image.
# Seen: image-js shears palette PNGs whose rows do not fill their last byte (four
# pixels a byte: widths of 48 or 224 are right, 50 is not), gets PNGs of black
# and white wrong from a width of 8 on, and of RGB TIFFs in tiles nearly every
# pixel. It refuses grey of 2 and 4 bits. upng-js has palettes right and shears
# black and white. Size and colours are right, so nothing looks amiss but the
# picture. sharp reads all of them.
#
# Random pixels; how many in a hundred are wrong, sharp being right throughout:
#
#   palette of 4, 48 wide: image-js 0, upng-js 0
#   palette of 4, 50 wide: image-js 73, upng-js 0
#   black and white, 48 wide: image-js 50, upng-js 0
#   black and white, 50 wide: image-js 49, upng-js 49
#   RGB, 64 wide, TIFF in strips: image-js 0
#   RGB, 64 wide, TIFF in tiles: image-js 100
#   grey, 64 wide, TIFF in tiles: image-js 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  numpy==2.4.6 pillow==13.0.0 tifffile==2026.3.3
venv/bin/python - <<'PY'
import numpy as np
import tifffile
from PIL import Image

draws = np.random.default_rng(0)


def keep(name, file, pixels):
    if pixels.ndim == 2:
        pixels = np.stack([pixels] * 3, axis=-1)
    with open(name + ".raw", "wb") as raw:
        raw.write(pixels.astype(np.uint8).tobytes())
    with open("list.txt", "a") as list:
        list.write(f"{name}\t{file}\n")


colours = np.array([[200, 10, 10], [10, 200, 10], [10, 10, 200], [90, 90, 90]],
                   dtype=np.uint8)
for side in (48, 50):
    places = draws.integers(0, 4, (side, side)).astype(np.uint8)
    image = Image.fromarray(places, "P")
    image.putpalette(colours.tobytes())
    image.save(f"palette{side}.png", bits=2)
    keep(f"palette of 4, {side} wide", f"palette{side}.png", colours[places])
for side in (48, 50):
    white = draws.integers(0, 2, (side, side)).astype(bool)
    Image.fromarray(white).save(f"white{side}.png")
    keep(f"black and white, {side} wide", f"white{side}.png", white * 255)
rgb = draws.integers(0, 256, (64, 64, 3)).astype(np.uint8)
for name, more in (("strips", {}), ("tiles", {"tile": (32, 32)})):
    tifffile.imwrite(f"rgb_{name}.tif", rgb, photometric="rgb", **more)
    keep(f"RGB, 64 wide, TIFF in {name}", f"rgb_{name}.tif", rgb)
tifffile.imwrite("grey.tif", rgb[..., 0], photometric="minisblack",
                 tile=(32, 32))
keep("grey, 64 wide, TIFF in tiles", "grey.tif", rgb[..., 0])
PY
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  image-js@1.7.0 upng-js@2.1.0 sharp@0.35.5
cat > show.mjs <<'JS'
import { readFileSync } from "node:fs";
import { decode } from "image-js";
import sharp from "sharp";
import upng from "upng-js";

const wrong = (found, channels, exact) => {
  let count = 0;
  for (let pixel = 0; pixel < exact.length / 3; pixel += 1) {
    const same = [0, 1, 2].every((band) =>
      found[pixel * channels + band] === exact[pixel * 3 + band]
    );
    count += same ? 0 : 1;
  }
  return Math.round(100 * count / (exact.length / 3));
};

for (const line of readFileSync("list.txt", "utf8").trim().split("\n")) {
  const [name, file] = line.split("\t");
  const exact = readFileSync(`${name}.raw`);
  const bytes = new Uint8Array(readFileSync(file));
  const image = decode(bytes).convertColor("RGB");
  let told = `image-js ${wrong(image.getRawImage().data, 3, exact)}`;
  if (file.endsWith(".png")) {
    const [rgba] = upng.toRGBA8(upng.decode(bytes.buffer));
    told += `, upng-js ${wrong(new Uint8Array(rgba), 4, exact)}`;
  }
  console.log(`${name}: ${told}`);
  const pixels = await sharp(bytes).toColourspace("srgb").removeAlpha().raw()
    .toBuffer({ resolveWithObject: true });
  const off = wrong(pixels.data, pixels.info.channels, exact);
  if (off > 0) console.log(`${name}: sharp ${off}`);
}
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
