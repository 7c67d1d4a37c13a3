#!/usr/bin/env bash
# scikit-learn's trustworthiness of a perfect map is 0.6 where images are alike.
#
# Versions: scikit-learn 1.9.1, numpy 2.4.6.
# Trustworthiness lies in 0 … 1 and takes off for every neighbour in the map that
# is none in the data, by how far down it ranks there. The manual says nothing
# of equal distances. Guess: a map that *is* the data scores 1, whatever the data.
# Seen: of points equally far away, the ranks are those in which a sort of the
# data's distances happens to leave them, and the neighbours in the map those
# that another search happens to return. The two disagree, and a neighbour at
# the very same distance counts as far down. So duplicates, one-hot vectors,
# binary codes and whole numbers lower the score of every map, and the same
# points in another order score otherwise. Where three copies of each image
# stand in the data, the perfect map loses more than a third with 5 neighbours,
# and nothing with 2. Which tie wins may depend on the processor, so the digits
# are left out below. Noise of a billionth, the same in both, brings back 1.
#
#   normal values: 1.0
#   100 kinds, 3 of each: under 0.7
#   100 kinds, 3 of each, 2 neighbours: 1.0
#   2 kinds, 150 of each: under 0.95
#   8 corners of a cube, 300 points: under 0.99
#   8 corners of a cube, in another order: another score
#   100 kinds, 3 of each, with a billionth of noise: 1.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet numpy==2.4.6 scikit-learn==1.9.1
cat > score.py <<'PY'
import sys

import numpy as np
from sklearn.manifold import trustworthiness


def perfect(points, neighbours=5):
    """The score of the map that is the data itself."""
    score = float(trustworthiness(points, points, n_neighbors=neighbours))
    print(score, file=sys.stderr)
    return score


def said(name, score, bound):
    print(f"{name}: {f'under {bound}' if score < bound else score}")


draws = np.random.default_rng(0)
alike = np.eye(100)[np.arange(300) % 100]
cube = draws.integers(0, 2, (300, 3)).astype(float)
noise = draws.normal(size=alike.shape) * 1e-9
said("normal values", perfect(draws.normal(size=(300, 4))), 1)
said("100 kinds, 3 of each", perfect(alike), 0.7)
said("100 kinds, 3 of each, 2 neighbours", perfect(alike, 2), 1)
said("2 kinds, 150 of each", perfect(np.eye(2)[np.arange(300) % 2]), 0.95)
said("8 corners of a cube, 300 points", perfect(cube), 0.99)
again = perfect(cube[draws.permutation(300)])
print(
    "8 corners of a cube, in another order:",
    "the same score" if again == perfect(cube) else "another score",
)
said("100 kinds, 3 of each, with a billionth of noise", perfect(alike + noise), 1)
PY
venv/bin/python score.py > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
