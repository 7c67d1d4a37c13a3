#!/usr/bin/env bash
# OpenCV reads the tiles at the right edge of a 16-bit grey TIFF wrong.
#
# Versions: opencv-python-headless 5.0.0.93 and 4.12.0.88, numpy 2.4.6, Pillow
# 13.0.0, tifffile 2026.3.3.
# Microscopes, radiography and aerial surveys write 16-bit greys in tiles. The last
# tiles of a row stand out over the image wherever its width is no multiple of
# theirs, and what stands out is to be ignored.
# Guess: imread() as it comes, which makes 8 bits of the 16, gives the high byte of
# every pixel; IMREAD_UNCHANGED gives all of it.
# Seen: unchanged it is right. As it comes, and with IMREAD_GRAYSCALE, the last
# tiles are read with rows of a wrong length: the first row is right, and each one
# below is shifted further. The rest of the image is right, as are 8 bits, and
# widths that tiles fill, so that nothing fails while a third of an image of
# 100 x 100 in tiles of 64 is noise.
# So read with IMREAD_UNCHANGED and take the high bytes.
#
# Random greys; how many pixels in a hundred are wrong, by the flag of imread():
#
#   100 x 100 in tiles of 64: COLOR 35, GRAYSCALE 35, UNCHANGED 0
#   300 x 300 in tiles of 256: COLOR 14, GRAYSCALE 14, UNCHANGED 0
#   128 x 128 in tiles of 64: COLOR 0, GRAYSCALE 0, UNCHANGED 0
#   100 x 128 in tiles of 64: COLOR 0, GRAYSCALE 0, UNCHANGED 0
#   8 bits, 100 x 100 in tiles of 64: COLOR 0, GRAYSCALE 0, UNCHANGED 0
#   strips, 100 x 100: COLOR 0, GRAYSCALE 0, UNCHANGED 0
#   the same in both versions: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
cat > show.py <<'PY'
import cv2
import numpy as np
import tifffile

draws = np.random.default_rng(0)


def show(name, high, width, tile, bits=16):
    pixels = draws.integers(0, 2**bits, (high, width)).astype(f"uint{bits}")
    # What is true of 8 bits: the high byte of each pixel.
    exact = pixels >> (bits - 8)
    tifffile.imwrite("grey.tif", pixels, photometric="minisblack",
                     tile=tile and (tile, tile))
    told = []
    for flag in ("COLOR", "GRAYSCALE", "UNCHANGED"):
        found = cv2.imread("grey.tif", getattr(cv2, "IMREAD_" + flag))
        found = found[..., 0] if found.ndim == 3 else found
        right = pixels if flag == "UNCHANGED" else exact
        wrong = np.mean(np.abs(found.astype(int) - right.astype(int)) > 1)
        told.append(f"{flag} {100 * wrong:.0f}")
    print(f"{name}: {', '.join(told)}")


show("100 x 100 in tiles of 64", 100, 100, 64)
show("300 x 300 in tiles of 256", 300, 300, 256)
show("128 x 128 in tiles of 64", 128, 128, 64)
show("100 x 128 in tiles of 64", 100, 128, 64)
show("8 bits, 100 x 100 in tiles of 64", 100, 100, 64, 8)
show("strips, 100 x 100", 100, 100, None)
PY
for version in 5.0.0.93 4.12.0.88; do
  python3 -m venv "venv$version"
  "venv$version/bin/pip" install --quiet --disable-pip-version-check \
    "opencv-python-headless==$version" tifffile==2026.3.3
  "venv$version/bin/python" show.py > "seen$version"
done
cp seen5.0.0.93 seen
if cmp -s seen5.0.0.93 seen4.12.0.88; then same=True; else same=False; fi
echo "the same in both versions: $same" >> seen
cat seen
diff <(echo "$expected") seen && echo "As before"
