#!/usr/bin/env bash
# permetrics finds 200 random clusters of ten classes homogeneous, by 0.96 of 1.
#
# Versions: permetrics 2.1.0, scikit-learn 1.9.1, numpy 2.4.6 of the Python registry.
# Homogeneity says how far each cluster holds images of one class alone, completeness
# how far each class lies in one cluster, V is their harmonic mean. One usually asks
# for more clusters than there are classes.
# Guess: scikit-learn's figures but for the last digits, as permetrics' mutual
# information, Rand index and silhouette are.
# Seen: the entropy is to be summed over the clusters, and is summed over the numbers
# of the classes. With ten classes the clusters from number 10 on count as pure
# whatever is in them, so the more clusters, the better: random ones go from 0.02 with
# ten to 0.96 with 200. With fewer clusters than classes completeness is too high by
# the same fault. V, too, is wrong either way, and right where both numbers are
# equal, as in examples. Nothing is reported. normalized_mutual_info_score(), which
# is V by another way, is right. (Not found in its issues.)
#
# 1000 points in ten classes, clusters at random; permetrics, then scikit-learn:
#
#   2 clusters: homogeneity 0.00 0.00, completeness 0.80 0.00, V 0.00 0.00
#   5 clusters: homogeneity 0.01 0.01, completeness 0.51 0.01, V 0.02 0.01
#   10 clusters: homogeneity 0.02 0.02, completeness 0.02 0.02, V 0.02 0.02
#   50 clusters: homogeneity 0.80 0.11, completeness 0.06 0.06, V 0.12 0.08
#   200 clusters: homogeneity 0.96 0.39, completeness 0.17 0.17, V 0.29 0.24
#   200 clusters: mutual information, normalized 0.24 0.24
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  permetrics==2.1.0 scikit-learn==1.9.1 numpy==2.4.6
cat > show.py <<'PY'
import numpy as np
from permetrics import ClusteringMetric
from sklearn import metrics

random = np.random.default_rng(0)
classes = np.repeat(np.arange(10), 100)
drawn = {k: random.integers(0, k, 1000) for k in (2, 5, 10, 20, 50, 100, 200)}


def both(name, clusters):
    peer = ClusteringMetric(y_true=classes, y_pred=clusters)
    return (f"{getattr(peer, name)():.2f} "
            f"{getattr(metrics, name)(classes, clusters):.2f}")


for k in (2, 5, 10, 50, 200):
    print(f"{k} clusters: homogeneity {both('homogeneity_score', drawn[k])}, "
          f"completeness {both('completeness_score', drawn[k])}, "
          f"V {both('v_measure_score', drawn[k])}")
print("200 clusters: mutual information, normalized "
      + both("normalized_mutual_info_score", drawn[200]))
PY
venv/bin/python show.py > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
