#!/usr/bin/env bash
# Pillow keeps no transparency of grey PNGs of 2 and 4 bits.
#
# Versions: Pillow 13.0.0 of the Python registry; pngjs 7.0.0, sharp 0.35.5 of the
# npm registry beside it.
# Of a grey PNG the chunk tRNS names one level as transparent. Optimisers write
# drawings, icons and sprites of few levels with 2 or 4 bits a pixel, and one level
# is the background.
# Guess: convert("RGBA") makes that level transparent, whatever the bits, as it
# does with 1, 8 and 16 of them.
# Seen: levels are spread over 0 to 255, the number in tRNS is not. Of 4 levels the
# second becomes 85 and is compared with 1, so every pixel is opaque; only level 0
# works. save() writes the old number beside the new levels, and so loses it for
# other readers too. No warning. Features of such images are those of a picture on
# a background that nobody ever saw. pngjs and sharp have it right.
#
# Pixels of levels 0, 1, 2 …; those that are transparent, when the level is 0, 1:
#
#   1 bit, pillow: 0 | 1
#   2 bits, pillow: 0 | none
#   4 bits, pillow: 0 | none
#   1 bit, pngjs: 0 | 1
#   1 bit, sharp: 0 | 1
#   2 bits, pngjs: 0 | 1
#   2 bits, sharp: 0 | 1
#   4 bits, pngjs: 0 | 1
#   4 bits, sharp: 0 | 1
#   2 bits, saved again by pillow, sharp: 0 | none
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pillow==13.0.0
cat > show.py <<'PY'
import struct
import zlib
from PIL import Image


def chunk(name, data):
    return (struct.pack(">I", len(data)) + name + data
            + struct.pack(">I", zlib.crc32(name + data)))


def write(file, bits, transparent):
    levels = "".join(format(level, f"0{bits}b") for level in range(2**bits))
    row = int(levels.ljust(-(-len(levels) // 8) * 8, "0"), 2)
    row = row.to_bytes(-(-len(levels) // 8), "big")
    header = struct.pack(">IIBBBBB", 2**bits, 1, bits, 0, 0, 0, 0)
    with open(file, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
                  + chunk(b"tRNS", struct.pack(">H", transparent))
                  + chunk(b"IDAT", zlib.compress(b"\0" + row))
                  + chunk(b"IEND", b""))


for bits in (1, 2, 4):
    told = []
    for level in (0, 1):
        file = f"{bits}_{level}.png"
        write(file, bits, level)
        image = Image.open(file)
        alpha = image.convert("RGBA").getchannel("A").tobytes()
        told.append(" ".join(str(place) for place, value in enumerate(alpha)
                             if value == 0) or "none")
        image.save(f"again_{file}")
    print(f"{bits} {'bit' if bits == 1 else 'bits'}, pillow: {' | '.join(told)}")
PY
cat > show.mjs <<'JS'
import { readFileSync } from "node:fs";
import { PNG } from "pngjs";
import sharp from "sharp";

const clear = (pixels) =>
  [...Array(pixels.length / 4).keys()]
    .filter((place) => pixels[place * 4 + 3] === 0).join(" ") || "none";
const readers = {
  pngjs: (file) => PNG.sync.read(readFileSync(file)).data,
  sharp: (file) => sharp(file).toColourspace("srgb").ensureAlpha().raw().toBuffer(),
};
const tell = async (name, reader, file) => {
  const told = [];
  for (const level of [0, 1]) {
    told.push(clear(await readers[reader](`${file}_${level}.png`)));
  }
  console.log(`${name}, ${reader}: ${told.join(" | ")}`);
};
for (const bits of [1, 2, 4]) {
  for (const reader of ["pngjs", "sharp"]) {
    await tell(`${bits} ${bits === 1 ? "bit" : "bits"}`, reader, bits);
  }
}
await tell("2 bits, saved again by pillow", "sharp", "again_2");
JS
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  pngjs@7.0.0 sharp@0.35.5
venv/bin/python show.py > seen
node show.mjs >> seen
cat seen
diff <(echo "$expected") seen && echo "As before"
