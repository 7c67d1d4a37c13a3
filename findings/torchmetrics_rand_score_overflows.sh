#!/usr/bin/env bash
# torchmetrics' adjusted Rand score of 200 000 labels is 0.90 in place of 0.49.
#
# Versions: torchmetrics 1.9.0, torch 2.15.0; scikit-learn 1.9.1 beside them.
# The adjusted Rand score compares clusters with classes and lies in -0.5 … 1.
# Guess: as scikit-learn's, but for the last digits, whatever the number of labels;
# the score is made for batches added up over a data set.
# Seen: numbers of pairs are multiplied as 64-bit integers, whose products grow with
# the fourth power of the labels and wrap around. Of ten clusters 60 000 labels
# (MNIST, CIFAR-10) are right and 100 000 are not; those of ImageNet are far off.
# Neither error nor warning, and where the wrong score lies in 0 … 1 nothing shows
# it. rand_score, with smaller products, is right. (TorchDR met this and went over to
# scikit-learn's.)
#
# Ten clusters, of which 70 labels in 100 are those of the classes:
#   60000 labels: scikit-learn 0.49, torchmetrics 0.49
#   100000 labels: scikit-learn 0.49, torchmetrics -19.66
#   200000 labels: scikit-learn 0.49, torchmetrics 0.90
#   1281167 labels: scikit-learn 0.49, torchmetrics -8.80
#   1281167 labels, not adjusted: scikit-learn 0.91, torchmetrics 0.91
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check torch==2.15.0 \
  torchmetrics==1.9.0 scikit-learn==1.9.1
cat > show.py <<'PY'
import numpy
import sklearn.metrics
import torch
from torchmetrics.functional.clustering import adjusted_rand_score, rand_score

for count in 60_000, 100_000, 200_000, 1_281_167:
    numbers = numpy.arange(count)
    classes = numbers % 10
    clusters = numpy.where(
        numbers % 100 < 70, classes, (classes + numbers // 100) % 10)
    tensors = torch.from_numpy(clusters), torch.from_numpy(classes)
    right = sklearn.metrics.adjusted_rand_score(classes, clusters)
    print(f"{count} labels: scikit-learn {right:.2f}, "
          f"torchmetrics {adjusted_rand_score(*tensors):.2f}")
plain = sklearn.metrics.rand_score(classes, clusters)
print(f"{count} labels, not adjusted: scikit-learn {plain:.2f}, "
      f"torchmetrics {rand_score(*tensors):.2f}")
PY
venv/bin/python show.py > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
