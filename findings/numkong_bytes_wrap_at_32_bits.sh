#!/usr/bin/env bash
# numkong finds black more like white than grey is, for pictures of 160 x 160.
#
# Version: numkong 7.8.6 of the Python registry, simsimd's successor, on which
# usearch builds; numpy 2.4.6. Linux, x86-64.
# Its manual promises sums that are wider than their terms, names NumPy's inner()
# as its equal, and the results are doubles. Guess: products and distances of
# bytes are exact whatever their number, as they are for 1 to 9216 of them.
# Seen: they are summed in 32 bits. 66 052 products of 255 by 255 fill those, of
# signed bytes 131 072 of -128 by -128, and the sum goes on from 0, or from below
# 0. A picture as bytes, by which one finds copies without any features, has
# more: 160 x 160 in three colours are 76 800. Nothing is reported, and what is
# left over makes a plausible distance. Floats are right.
#
# Squared distances from a white picture in three colours:
#
#   128 x 128: grey 792772608 right, black 3196108800 right
#   160 x 160: grey 1238707200 right, black 698952704 wrong
#   224 x 224: grey 2427866112 right, black 1198148608 wrong
#   224 x 224 as floats: grey 2427866112 right, black 9788083200 right
#
# Products of a white picture of 224 x 224 with itself:
#
#   unsigned bytes: 1198148608 in place of 9788083200
#   signed bytes, 128 less: -1867101184 in place of 2427866112
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  numkong==7.8.6 numpy==2.4.6
cat > show.py <<'PY'
import numkong
import numpy as np


def picture(side, level, kind=np.uint8):
    return np.full(side * side * 3, level, dtype=kind)


def distance(side, level, kind):
    found = int(numkong.sqeuclidean(picture(side, 255, kind),
                                    picture(side, level, kind)))
    right = found == side * side * 3 * (255 - level) ** 2
    return f"{found} {'right' if right else 'wrong'}"


for side, kind, name in ((128, np.uint8, ""), (160, np.uint8, ""),
                         (224, np.uint8, ""), (224, np.float32, " as floats")):
    print(f"{side} x {side}{name}: grey {distance(side, 128, kind)}, "
          f"black {distance(side, 0, kind)}")
for kind, level, name in ((np.uint8, 255, "unsigned bytes"),
                          (np.int8, 127, "signed bytes, 128 less")):
    white = picture(224, level, kind)
    whole = np.inner(white.astype(np.int64), white.astype(np.int64))
    print(f"{name}: {int(numkong.dot(white, white))} in place of {whole}")
PY
venv/bin/python show.py > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
