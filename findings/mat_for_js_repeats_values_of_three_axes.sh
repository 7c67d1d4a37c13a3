#!/usr/bin/env bash
# mat-for-js reads arrays of three or more axes with most of their values gone.
#
# Versions: mat-for-js 1.1.0 of the npm registry; files by scipy 1.17.1.
# Image sets come in MAT-files of version 5 as one array: [32, 32, 3, n] bytes
# for the street-view house numbers, [28, 28, n] for faces and digits.
# Guess: every value stands where scipy and MATLAB have it, as in matrices,
# cells, structs and complex numbers; at worst the axes come in another order.
# Seen: the shape is right, but the places in the file are computed by wrong
# strides: some values are read many times, others never, and the place of only
# the first plane is right. So no order of the axes helps. No error. Of four
# pictures of 32 x 32 in three colours a tenth of the numbers are left. Matrices,
# of two axes, are right, so that a first test passes.
#
# The numbers from 0 on in each shape; how many different ones come back, and how
# many stand where they should:
#
#   [4,6]: 24 of 24, 24 in place
#   [2,3,4]: 15 of 24, 6 in place
#   [28,28,10]: 1036 of 7840, 784 in place
#   [32,32,3,4]: 1097 of 12288, 1024 in place
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  scipy==1.17.1 numpy==2.4.6
venv/bin/python - <<'PY'
import math

import numpy as np
from scipy.io import savemat

for shape in ((4, 6), (2, 3, 4), (28, 28, 10), (32, 32, 3, 4)):
    numbers = np.arange(math.prod(shape), dtype=np.float64).reshape(shape)
    savemat("x".join(map(str, shape)) + ".mat", {"numbers": numbers})
PY
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mat-for-js@1.1.0
cat > show.mjs <<'JS'
import { readFileSync } from "node:fs";
import { read } from "mat-for-js";

for (const shape of [[4, 6], [2, 3, 4], [28, 28, 10], [32, 32, 3, 4]]) {
  const bytes = new Uint8Array(readFileSync(`${shape.join("x")}.mat`));
  const { numbers } = read(bytes.buffer).data;
  const found = new Set();
  let inPlace = 0;
  const visit = (value, axis, place) => {
    if (axis === shape.length) {
      found.add(value);
      inPlace += value === place ? 1 : 0;
      return;
    }
    if (value.length !== shape[axis]) console.log("another shape");
    value.forEach((part, index) =>
      visit(part, axis + 1, place * shape[axis] + index)
    );
  };
  visit(numbers, 0, 0);
  const count = shape.reduce((product, side) => product * side);
  console.log(
    `[${shape}]: ${found.size} of ${count}, ${inPlace} in place`,
  );
}
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
