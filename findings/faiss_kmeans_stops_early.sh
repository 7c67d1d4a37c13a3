#!/usr/bin/env bash
# faiss's k-means does fewer iterations than it is asked for, by default.
#
# Versions: faiss-cpu 1.15.1 and 1.12.0 of the Python registry, numpy 2.4.6;
# Linux, x86-64.
# Guess: faiss.Kmeans(d, k, niter=40) does 40 iterations, as in every version
# before.
# Seen: ClusteringParameters has a new field early_stop_threshold. Its default,
# 0.0, reads like "off", and means: stop as soon as the objective is no better
# than before. Many clusters of few points end after a few iterations, without a
# word unless verbose is set. Who times faiss beside another library "at 40
# iterations" is off by a multiple. A large negative threshold does all of them.
#
#   1.15.1, as it comes: fewer than 40 iterations
#   1.15.1, early_stop_threshold=-1e30: 40 iterations
#   1.12.0, as it comes: 40 iterations
set -euo pipefail
export OMP_NUM_THREADS=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cat > "$folder/iterations.py" <<'PY'
import sys
import faiss, numpy as np

points = np.random.default_rng(0).standard_normal((5000, 16), dtype=np.float32)

def told(name, **more):
    kmeans = faiss.Kmeans(16, 1500, niter=40, seed=1,
                          max_points_per_centroid=5000,
                          min_points_per_centroid=1, **more)
    kmeans.train(points)
    count = len(kmeans.obj)
    print(f"{name}: {'40' if count == 40 else 'fewer than 40'} iterations")
    print(f"{name}: {count}", file=sys.stderr)

version = faiss.__version__
told(f"{version}, as it comes")
if hasattr(faiss.ClusteringParameters(), "early_stop_threshold"):
    told(f"{version}, early_stop_threshold=-1e30", early_stop_threshold=-1e30)
PY
seen=$(
  for version in 1.15.1 1.12.0; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet --disable-pip-version-check \
      faiss-cpu==$version numpy==2.4.6
    "$folder/$version/bin/python" "$folder/iterations.py"
  done
)
echo "$seen"
[ "$seen" = "$expected" ]
