#!/usr/bin/env bash
# sharp's greyscale() weighs colours in linear light, though its manual says not.
#
# Versions: sharp 0.35.5 (libvips 8.18).
# The manual calls greyscale() a linear operation and advises gamma() with it
# for sRGB images. Guess: (0.2126 R + 0.7152 G + 0.0722 B) of the sRGB values,
# so pure red becomes 54 (or 76, by the weights of Rec. 601 that Pillow and
# OpenCV use).
# Seen: libvips goes to linear light, weighs there, and goes back: pure red
# becomes 127, pure blue 76, which Pillow makes 29. Taking gamma() as advised
# corrects a second time, and changes grey pixels too. Without it grey images
# stay as they are, so that tests on grey ramps show nothing; but a network that
# was trained on Pillow's greys sees other contrasts.
#
#   red 127
#   green 220
#   blue 76
#   grey 128
#   red with gamma() 185
#   grey with gamma() 126
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts sharp@0.35.5
cat > show.mjs <<'JS'
import sharp from "sharp";
const greyOf = async (pixel, gamma) => {
  const image = sharp(Uint8Array.from(pixel), {
    raw: { width: 1, height: 1, channels: 3 },
  });
  const grey = (gamma ? image.gamma() : image).greyscale();
  return (await grey.raw().toBuffer())[0];
};
console.log("red", await greyOf([255, 0, 0]));
console.log("green", await greyOf([0, 255, 0]));
console.log("blue", await greyOf([0, 0, 255]));
console.log("grey", await greyOf([128, 128, 128]));
console.log("red with gamma()", await greyOf([255, 0, 0], true));
console.log("grey with gamma()", await greyOf([128, 128, 128], true));
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
