#!/usr/bin/env bash
# OpenCV reads the same PPM bright when it is text and dark when it is binary.
#
# Versions: opencv-python-headless 5.0.0.93, Pillow 13.0.0, numpy 2.4.6 of the Python
# registry.
# PGM and PPM say in their third number which level is white. Cameras of 10 and 12
# bits write 1023 and 4095 there, masks and old sets of faces 15 or 100.
# Guess: imread(), which makes bytes of everything, makes white 255, as Pillow does;
# the two ways of writing, numbers as text (P3) and as bytes (P6), are one picture.
# Seen: white of up to 255 is made 255 in text, and left as it is in bytes: 15 of 255,
# all but black. Beyond 255 both lose their low byte, as if white were 65535: of 12
# bits 15 levels are left, of 10 bits three. No warning. With IMREAD_UNCHANGED text of
# up to 255 is brightened as well, and the rest are the levels of the file. (Not found
# in OpenCV's issues; Pillow and stb_image once did alike, Pillow 5008, stb 664.)
#
# A grey row of the levels 0, a third of white, and white, as bytes by imread():
#
#   white 15: text 0 85 255, binary 0 5 15, Pillow 0 85 255
#   white 99: text 0 85 255, binary 0 33 99, Pillow 0 85 255
#   white 255: text 0 85 255, binary 0 85 255, Pillow 0 85 255
#   white 1023: text 0 1 3, binary 0 1 3, Pillow 0 85 255
#   white 4095: text 0 5 15, binary 0 5 15, Pillow 0 85 255
#   white 65535: text 0 85 255, binary 0 85 255, Pillow 0 85 255
#   white 15, unchanged: text 0 85 255, binary 0 5 15
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  opencv-python-headless==5.0.0.93 pillow==13.0.0 numpy==2.4.6
cat > show.py <<'PY'
import cv2
import numpy as np
from PIL import Image


def write(white):
    """One row in colour, as text and as bytes, and returns their names."""
    levels = np.repeat([0, white // 3, white], 3)
    head = f"3 1\n{white}\n"
    text, binary = f"{white}-text.ppm", f"{white}.ppm"
    with open(text, "w") as file:
        file.write(f"P3\n{head}" + " ".join(map(str, levels)) + "\n")
    with open(binary, "wb") as file:
        file.write(f"P6\n{head}".encode()
                   + levels.astype(">u2" if white > 255 else "u1").tobytes())
    return text, binary


def row(image):
    return " ".join(map(str, np.asarray(image)[0, :, 0]))


for white in (15, 99, 255, 1023, 4095, 65535):
    text, binary = write(white)
    assert row(Image.open(text)) == row(Image.open(binary))
    print(f"white {white}: text {row(cv2.imread(text))}, "
          f"binary {row(cv2.imread(binary))}, Pillow {row(Image.open(binary))}")
text, binary = (cv2.imread(name, cv2.IMREAD_UNCHANGED) for name in write(15))
print(f"white 15, unchanged: text {row(text)}, binary {row(binary)}")
PY
venv/bin/python show.py > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
