#!/usr/bin/env bash
# faiss's whitening does not give unit variance, and depends on how many points it
# is trained with.
#
# Versions: faiss-cpu 1.15.1, scikit-learn 1.9.1, numpy 2.4.6 of the Python
# registry; Linux, x86-64.
# PCAMatrix(d, k, -0.5), "PCAW64" in a factory string, divides each component by
# the root of its eigenvalue: full whitening, by its header and manual. DeepCluster
# and searches by image whiten features so.
# Guess: components of variance 1, as of PCA(whiten=True); more points of the same
# kind change nothing but sampling noise; the eigenvalues are variances.
# Seen: the covariance is not divided by the number of points, so the variance is
# 1/n and the eigenvalues grow with n, up to 1000 points a dimension, of which more
# are drawn. Distances between the same two images halve as the points grow
# fourfold; thresholds, radii of range_search and results of two trainings cannot
# be compared. And an `epsilon` against small eigenvalues does nothing, as it is
# added to sums of squares: 1 beside variances damps the least of four by a fifth,
# here by less than a thousandth.
#
#   1000 points: variance times 1000: 1.00 1.00 1.00 1.00
#   4000 points: variance times 4000: 1.00 1.00 1.00 1.00
#   scikit-learn, 1000 points: variance: 1.00 1.00 1.00 1.00
#   distance of two points, 1000 over 4000 points: 2.0
#   epsilon 1, 1000 points: variance times 1000: 1.00 1.00 1.00 1.00
#   as it would be by variances: 0.98 0.96 0.90 0.81
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  faiss-cpu==1.15.1 scikit-learn==1.9.1 numpy==2.4.6
cat > show.py <<'PY'
import faiss
import numpy as np
from sklearn.decomposition import PCA

SPREADS = np.array([8, 5, 3, 2], dtype=np.float32)


def points(count):
    return (np.random.default_rng(0).standard_normal((count, 4))
            * SPREADS).astype(np.float32)


def whiten(count, epsilon=0.0):
    pca = faiss.PCAMatrix(4, 4, -0.5)
    pca.epsilon = epsilon
    pca.train(points(count))
    return pca


def tell(name, values):
    print(f"{name}: {' '.join(f'{value:.2f}' for value in values)}")


two = points(2)
lengths = []
for count in (1000, 4000):
    pca = whiten(count)
    tell(f"{count} points: variance times {count}",
         pca.apply(points(count)).var(axis=0) * count)
    lengths.append(np.linalg.norm(np.subtract(*pca.apply(two))))
tell("scikit-learn, 1000 points: variance",
     PCA(whiten=True).fit_transform(points(1000)).var(axis=0))
print("distance of two points, 1000 over 4000 points: "
      f"{lengths[0] / lengths[1]:.1f}")
tell("epsilon 1, 1000 points: variance times 1000",
     whiten(1000, 1.0).apply(points(1000)).var(axis=0) * 1000)
variances = PCA().fit(points(1000)).explained_variance_
tell("as it would be by variances", variances / (variances + 1))
PY
venv/bin/python show.py > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
