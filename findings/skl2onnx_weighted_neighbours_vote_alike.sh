#!/usr/bin/env bash
# skl2onnx exports nearest neighbours weighted by distance as an equal vote.
#
# Versions: skl2onnx 1.20.0, scikit-learn 1.9.1, onnx 1.23.2, onnxruntime 1.32.0.
# A weighted vote of the nearest images is a usual measure of features, and
# weights="distance" the first thing one tries against equal ones.
# Guess: the graph votes as scikit-learn does, but for the last digits; weights
# that it cannot express raise an error, as a function of one's own does.
# Seen: the graph has the weights, but takes the reciprocal of distances whose
# sign was turned, and which were cut off at a millionth before: all weights are
# the same. Classes and regressions alike; no warning. Where classes lie apart
# the labels hardly change, and only the probabilities tell; a query that stands
# in the data, which scikit-learn gives its own label, is outvoted below.
#
# Points at 0 (class 1) and 3, 4 (class 0), three neighbours vote; the share of
# class 1, and the regression on the numbers of the classes:
#
#   query 1.0, equal weights: scikit-learn 0.333, ONNX 0.333
#   query 1.0, by distance: scikit-learn 0.545, ONNX 0.333
#   query 0.1, by distance: scikit-learn 0.943, ONNX 0.333
#   query 0.0, by distance: scikit-learn 1.000, ONNX 0.333
#   query 0.1, regression by distance: scikit-learn 0.943, ONNX 0.333
#   query 0.1, label by distance: scikit-learn 1, ONNX 0
#
# Handwritten digits of 8 x 8, 1200 to learn, 20 neighbours: how far the
# probabilities of the other 597 are off, and those of the 1200 themselves:
#
#   others: more than 0.05
#   themselves: more than 0.5
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check skl2onnx==1.20.0 \
  scikit-learn==1.9.1 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
cat > show.py <<'PY'
import sys

import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor


def exported(model, queries):
    options = {}
    if isinstance(model, KNeighborsClassifier):
        options = {id(model): {"zipmap": False}}
    graph = to_onnx(model, queries[:1], options=options)
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: queries})


points = np.array([[0], [3], [4]], dtype=np.float32)
classes = np.array([1, 0, 0])
for query, weights, name in ((1, "uniform", "equal weights"),
                             (1, "distance", "by distance"),
                             (0.1, "distance", "by distance"),
                             (0, "distance", "by distance")):
    model = KNeighborsClassifier(3, weights=weights).fit(points, classes)
    queries = np.array([[query]], dtype=np.float32)
    there = model.predict_proba(queries)[0, 1]
    here = exported(model, queries)[1][0, 1]
    print(f"query {query:.1f}, {name}: scikit-learn {there:.3f}, ONNX {here:.3f}")

queries = np.array([[0.1]], dtype=np.float32)
model = KNeighborsRegressor(3, weights="distance").fit(
    points, classes.astype(np.float32))
print(f"query 0.1, regression by distance: "
      f"scikit-learn {model.predict(queries)[0]:.3f}, "
      f"ONNX {exported(model, queries)[0].item():.3f}")
model = KNeighborsClassifier(3, weights="distance").fit(points, classes)
print(f"query 0.1, label by distance: scikit-learn {model.predict(queries)[0]}, "
      f"ONNX {exported(model, queries)[0][0]}")

digits = load_digits()
images = digits.data.astype(np.float32)
model = KNeighborsClassifier(20, weights="distance")
model.fit(images[:1200], digits.target[:1200])
for name, some, limit in (("others", images[1200:], 0.05),
                          ("themselves", images[:1200], 0.5)):
    off = np.abs(exported(model, some)[1] - model.predict_proba(some)).max()
    print(f"{name}: {'more' if off > limit else 'at most'}"
          f"{' than' if off > limit else ''} {limit}")
    print(name, off, file=sys.stderr)
PY
venv/bin/python show.py > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
