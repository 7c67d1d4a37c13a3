#!/usr/bin/env bash
# skl2onnx's SGDClassifier gives other labels, where its probabilities are full.
#
# Versions: skl2onnx 1.20.0, scikit-learn 1.9.1, onnx 1.23.2, onnxruntime 1.32.0.
# A linear classifier on frozen features is how representations are judged, and
# SGDClassifier(loss="log_loss") the one that scales.
# Guess: labels are those of scikit-learn but for a tie in a thousand, as those
# of LogisticRegression and of SGDClassifier with its usual loss are.
# Seen: scikit-learn takes the class with the largest decision; the graph turns
# decisions into probabilities in single precision first, and takes the largest
# of these. A decision above 17 is the probability 1 (loss "modified_huber":
# above 1), and of several such the first class wins, however far another leads.
# On digits of 0 to 16 a tenth of the labels differ, and accuracy falls by 2.7
# and 6.5 points. Decisions are that large as soon as features are not scaled;
# with features of 0 to 1, log_loss agrees. Taking the labels from the decisions
# (option raw_scores) helps.
#
# Digits of 8 x 8, 1200 to learn, 597 to judge; labels that differ:
#
#   pixels of 0 to 16, hinge: 0
#   pixels of 0 to 16, log_loss: more than 30
#   pixels of 0 to 16, modified_huber: more than 30
#   pixels of 0 to 1, hinge: 0
#   pixels of 0 to 1, log_loss: 0
#   pixels of 0 to 1, modified_huber: more than 30
#   pixels of 0 to 16, log_loss, largest of the raw scores: 0
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
from sklearn.linear_model import SGDClassifier

digits = load_digits()
classes = digits.target


def exported(model, images, **more):
    graph = to_onnx(model, images[:1],
                    options={id(model): {"zipmap": False, **more}})
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})


def told(name, labels, model, images):
    expected = model.predict(images)
    count = int((labels != expected).sum())
    print(f"{name}: {'more than 30' if count > 30 else count}")
    print(f"{name}: {count}, accuracy {(expected == classes[1200:]).mean():.3f} "
          f"and {(labels == classes[1200:]).mean():.3f}", file=sys.stderr)


for top in (16, 1):
    images = (digits.data / 16 * top).astype(np.float32)
    for loss in ("hinge", "log_loss", "modified_huber"):
        model = SGDClassifier(loss=loss, random_state=0)
        model.fit(images[:1200], classes[:1200])
        rest = images[1200:]
        told(f"pixels of 0 to {top}, {loss}", exported(model, rest)[0], model,
             rest)

images = digits.data.astype(np.float32)
model = SGDClassifier(loss="log_loss", random_state=0)
model.fit(images[:1200], classes[:1200])
scores = exported(model, images[1200:], raw_scores=True)[1]
told("pixels of 0 to 16, log_loss, largest of the raw scores",
     model.classes_[scores.argmax(axis=1)], model, images[1200:])
PY
venv/bin/python show.py > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
