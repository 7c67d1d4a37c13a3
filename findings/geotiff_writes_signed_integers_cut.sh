#!/usr/bin/env bash
# geotiff writes Int16Array and Int32Array with one byte a value.
#
# Versions: geotiff 3.0.5.
# Signed 16-bit integers are what heights above sea level come in. Guess: what
# writeArrayBuffer() writes, fromArrayBuffer() reads back, as it does for
# unsigned integers, floats and Int8Array.
# Seen: of each value only its lowest byte is written, while the header says 16
# or 32 bits: half of the image becomes pairs of neighbours glued together, the
# rest zeros. Nothing fails. Written as floats, the numbers survive.
#
#   Uint16Array 100 65534 0 300 -> 100 65534 0 300
#   Int8Array 100 -2 0 44 -> 100 -2 0 44
#   Int16Array 100 -2 0 300 -> 25854 44 0 0
#   Int32Array 100 -2 0 300 -> 1694367788 0 0 0
#   Float32Array 100 -2 0 300 -> 100 -2 0 300
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts geotiff@3.0.5
cat > show.mjs <<'JS'
import { fromArrayBuffer, writeArrayBuffer } from "geotiff";

const types = [Uint16Array, Int8Array, Int16Array, Int32Array, Float32Array];
for (const Numbers of types) {
  const values = Numbers.from([100, -2, 0, 300]);
  const file = writeArrayBuffer(values, { height: 1, width: 4 });
  const image = await (await fromArrayBuffer(file)).getImage();
  const back = await image.readRasters({ interleave: true });
  console.log(Numbers.name, values.join(" "), "->", back.join(" "));
}
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
