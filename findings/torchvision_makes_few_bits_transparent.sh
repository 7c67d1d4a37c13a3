#!/usr/bin/env bash
# torchvision decodes opaque PNGs of few greys as all but transparent.
#
# Versions: torchvision 0.29.2, torch 2.15.0, Pillow 13.0.0 of the Python registry
# (with what torch brings some GB to fetch).
# decode_image() with mode RGB_ALPHA or GRAY_ALPHA gives four or two bands, whatever
# the file holds, to be laid on a background.
# Guess: where a PNG has no transparency, alpha is 255; of a grey PNG the chunk tRNS
# names one level whose alpha is 0.
# Seen: of grey PNGs of 1, 2 and 4 bits, which is what masks, line drawings and
# scans are optimised to, alpha is 1, 3 and 15 of 255: the largest number of so
# many bits, not widened as the greys are. Laid on a background the picture is gone
# without a word. And tRNS of greys is not looked at, whatever the bits. (Not found
# in its issues.)
#
# Alpha of the pixels with the levels 0, 1, 2, …, without tRNS and with level 1:
#
#   1 bit: 1 1 | 1 1
#   2 bits: 3 3 3 3 | 3 3 3 3
#   4 bits: 15 15 15 15 … | 15 15 15 15 …
#   8 bits: 255 255 255 255 … | 255 255 255 255 …
#   4 bits by Pillow: 255 255 255 255 …
#   a white drawing of 1 bit on black: greys 0 255, laid on grey 128: 127 128
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  torch==2.15.0 torchvision==0.29.2 pillow==13.0.0 numpy==2.4.6
cat > show.py <<'PY'
import io
import struct
import zlib
import torch
from PIL import Image
from torchvision.io import ImageReadMode, decode_image


def chunk(name, data):
    return (struct.pack(">I", len(data)) + name + data
            + struct.pack(">I", zlib.crc32(name + data)))


def png(bits, transparent=None):
    """One row with all levels, of at least 8 pixels' worth of bits."""
    levels = "".join(format(level, f"0{bits}b") for level in range(2**bits))
    size = -(-len(levels) // 8)
    row = int(levels.ljust(8 * size, "0"), 2).to_bytes(size, "big")
    header = struct.pack(">IIBBBBB", 2**bits, 1, bits, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + (b"" if transparent is None
               else chunk(b"tRNS", struct.pack(">H", transparent)))
            + chunk(b"IDAT", zlib.compress(b"\0" + row)) + chunk(b"IEND", b""))


def decode(file):
    data = torch.frombuffer(bytearray(file), dtype=torch.uint8)
    return decode_image(data, ImageReadMode.RGB_ALPHA)


def told(values):
    return " ".join(map(str, values[:4])) + (" …" if len(values) > 4 else "")


for bits in (1, 2, 4, 8):
    alphas = [told(decode(png(bits, level))[3, 0].tolist())
              for level in (None, 1)]
    print(f"{bits} {'bit' if bits == 1 else 'bits'}: {' | '.join(alphas)}")
alpha = Image.open(io.BytesIO(png(4))).convert("RGBA").getchannel("A")
print(f"4 bits by Pillow: {told(list(alpha.tobytes()))}")
image = decode(png(1)).float()
share = image[3] / 255
laid = (image[0] * share + 128 * (1 - share)).int()
print("a white drawing of 1 bit on black: greys "
      f"{told(image[0, 0].int().tolist())}, "
      f"laid on grey 128: {told(laid[0].tolist())}")
PY
venv/bin/python show.py > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
