#!/usr/bin/env bash
# safetensors 0.8.0 saves a transposed NumPy array with its values shuffled.
#
# Versions: safetensors 0.8.0 with numpy 2.4.6; 0.7.0 does it right.
# The manual asks for arrays that are contiguous and dense. A matrix stored
# column by column is both: `kernel.T`, with which weights go from Keras to
# PyTorch, or what np.load gives back of one. Guess: saved by its values, as
# np.save and safetensors up to 0.7.0 do.
# Seen: 0.8.0 copies memory as it lies under the shape it should have, so that
# [[0, 3], [1, 4], [2, 5]] comes back as [[0, 1], [2, 3], [4, 5]]. No error, no
# warning, right shape and type, right sum and mean.
# np.ascontiguousarray() before saving helps.
#
#   0.7.0 [[0, 3], [1, 4], [2, 5]]
#   0.8.0 [[0, 1], [2, 3], [4, 5]]
#   0.8.0 np.ascontiguousarray [[0, 3], [1, 4], [2, 5]]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
cat > show.py <<'PY'
import sys

import numpy as np
import safetensors
from safetensors.numpy import load_file, save_file

kernel = np.arange(6, dtype=np.float32).reshape(2, 3).T
assert kernel.flags.f_contiguous and kernel.tolist() == [[0, 3], [1, 4], [2, 5]]


def show(array, note=""):
    save_file({"kernel": array}, "kernel.safetensors")
    found = load_file("kernel.safetensors")["kernel"]
    print(safetensors.__version__ + note, found.astype(int).tolist())


show(kernel)
if safetensors.__version__ == "0.8.0":
    show(np.ascontiguousarray(kernel), " np.ascontiguousarray")
PY
for version in 0.7.0 0.8.0; do
  python3 -m venv --clear venv
  venv/bin/pip install --quiet numpy==2.4.6 "safetensors==$version"
  venv/bin/python show.py
done > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
