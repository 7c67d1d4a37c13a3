#!/usr/bin/env bash
# pyfive reads bfloat16 as float16: 1 comes out as 1.875.
#
# Versions: pyfive 1.3.0 of the Python registry; files by h5py 3.16.0 (HDF5 2.0.0),
# numpy 2.4.6.
# HDF5 describes each float by the places of its sign, exponent and fraction, and each
# integer by its bits and the first of them. Features and weights of networks are kept
# as bfloat16, for which HDF5 2.0 has a type of its own, and cameras' 12 bits as the
# upper bits of 16.
# Guess: pyfive, a reader in Python alone, reads the numbers that h5py reads, or
# refuses, as it refuses filters and types that it lacks.
# Seen: only size and byte order are looked at. Two bytes with eight bits of exponent
# are taken for float16: what lies near 1 comes out near 2, signs and order mostly
# survive. Integers that begin above bit 0 are multiplied and lose their sign. No
# error. float16, float32 and whole integers are right. (Not found in its issues.)
#
#   float16: h5py 1.0 2.0 3.5 -1.0, pyfive 1.0 2.0 3.5 -1.0
#   bfloat16: h5py 1.0 2.0 3.5 -1.0, pyfive 1.875 2.0 2.188 -1.875
#   all of 16 bits: h5py -20 -1 0 7, pyfive -20 -1 0 7
#   the upper 12 of 16 bits: h5py -20 -1 0 7, pyfive -320 -16 0 112
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  pyfive==1.3.0 h5py==3.16.0 numpy==2.4.6
cat > show.py <<'PY'
import h5py
import numpy as np
import pyfive

bfloat16 = h5py.h5t.IEEE_F32LE.copy()
# sign; exponent: place, size; fraction: place, size
bfloat16.set_fields(15, 7, 8, 0, 7)
bfloat16.set_size(2)
bfloat16.set_ebias(127)
upper = h5py.h5t.STD_I16LE.copy()
upper.set_precision(12)
upper.set_offset(4)
floats = np.array([1, 2, 3.5, -1], "f4")
integers = np.array([-20, -1, 0, 7], "i2")
kinds = {
    "float16": (h5py.h5t.IEEE_F16LE, floats),
    "bfloat16": (bfloat16, floats),
    "all of 16 bits": (h5py.h5t.STD_I16LE, integers),
    "the upper 12 of 16 bits": (upper, integers),
}
with h5py.File("numbers.h5", "w") as file:
    for name, (kind, values) in kinds.items():
        space = h5py.h5s.create_simple(values.shape)
        data = h5py.h5d.create(file.id, name.encode(), kind, space)
        data.write(h5py.h5s.ALL, h5py.h5s.ALL, values)


def row(data):
    return " ".join(str(round(value, 3)) for value in data[:].tolist())


with h5py.File("numbers.h5", "r") as right:
    read = pyfive.File("numbers.h5")
    for name in kinds:
        print(f"{name}: h5py {row(right[name])}, pyfive {row(read[name])}")
PY
venv/bin/python show.py > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
