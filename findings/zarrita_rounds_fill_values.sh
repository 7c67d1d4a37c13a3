#!/usr/bin/env bash
# zarrita fills the chunks that are not stored with another number than the array's.
#
# Versions: zarrita 0.7.5 of the npm registry; arrays by zarr 3.1.6, numpy 2.4.6,
# numcodecs 0.16.6 of the Python registry; Node 20.
# Of a Zarr array only chunks that differ from its fill value are stored. Label images
# keep segments as 64-bit integers, with the largest number for "none"; files that were
# netCDF before have its fill values, 18446744073709551614 and -9223372036854775806.
# Guess: what Python reads; chunks that are stored and those that are not agree.
# Seen: the fill value goes through a double, which has 53 bits, and then through
# BigInt. It comes out rounded: the largest unsigned number as 0, which is the
# background or the first label; the largest signed one as the smallest. The same
# number in a stored chunk is right, so that one array has two kinds of "none". No
# error; Zarr 2 and 3 alike. (Known is that JSON's long integers lose digits in
# JavaScript, zarr-specs 334; not that zarrita fills chunks with what is left.)
#
# Arrays of two chunks, both all of one number; the first is stored, the second not:
#
#   Zarr 2, uint64 18446744073709551615: stored 18446744073709551615, filled 0
#   Zarr 2, uint64 18446744073709551614: stored 18446744073709551614, filled 0
#   Zarr 2, int64 9223372036854775807: stored 9223372036854775807, filled -9223372036854775808
#   Zarr 2, int64 -9223372036854775806: stored -9223372036854775806, filled -9223372036854775808
#   Zarr 2, int64 9007199254740993: stored 9007199254740993, filled 9007199254740992
#   Zarr 3, uint64 18446744073709551615: stored 18446744073709551615, filled 0
#   Zarr 3, uint64 18446744073709551614: stored 18446744073709551614, filled 0
#   Zarr 3, int64 9223372036854775807: stored 9223372036854775807, filled -9223372036854775808
#   Zarr 3, int64 -9223372036854775806: stored -9223372036854775806, filled -9223372036854775808
#   Zarr 3, int64 9007199254740993: stored 9007199254740993, filled 9007199254740992
#   Python reads all of them right: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  zarr==3.1.6 numcodecs==0.16.6 numpy==2.4.6
cat > write.py <<'PY'
import zarr

fills = [("uint64", 2**64 - 1), ("uint64", 2**64 - 2), ("int64", 2**63 - 1),
         ("int64", 2 - 2**63), ("int64", 2**53 + 1)]
right = True
for version in (2, 3):
    for dtype, fill in fills:
        path = f"{version} {dtype} {fill}"
        array = zarr.create_array(path, shape=(4,), chunks=(2,), dtype=dtype,
                                  fill_value=fill, zarr_format=version,
                                  config={"write_empty_chunks": True})
        array[:2] = fill
        right &= zarr.open_array(path, mode="r")[:].tolist() == [fill] * 4
print(f"Python reads all of them right: {right}")
PY
venv/bin/python write.py > python_seen
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts zarrita@0.7.5
cat > show.mjs <<'JS'
import { existsSync, readFileSync } from "node:fs";
import * as zarr from "zarrita";

const folder = (path) => ({
  get: (key) => {
    const file = path + key;
    return existsSync(file) ? new Uint8Array(readFileSync(file)) : undefined;
  },
});
const names = ["uint64 18446744073709551615", "uint64 18446744073709551614",
  "int64 9223372036854775807", "int64 -9223372036854775806",
  "int64 9007199254740993"];
for (const version of [2, 3]) {
  for (const name of names) {
    const array = await zarr.open(folder(`${version} ${name}`), {
      kind: "array",
    });
    const { data } = await zarr.get(array);
    console.log(`Zarr ${version}, ${name}: stored ${data[0]}, ` +
      `filled ${data[3]}`);
  }
}
JS
node show.mjs > seen
cat python_seen >> seen
cat seen
diff <(echo "$expected") seen && echo "As before"
