#!/usr/bin/env bash
# ONNX's reference evaluator normalises as many channels as there are images.
#
# Versions: onnx 1.23.2, onnxruntime 1.32.0 beside it.
# LRN is AlexNet's normalisation across channels. Guess: the reference evaluator
# computes it as the standard's formula says, for every channel, so one image
# and two equal ones give equal rows.
# Seen: of a batch of n images only the first n channels are normalised; all
# others are divided by bias^beta, which is 1 with the default bias: passed
# through. So a comparison against the reference finds an engine right when the
# batch is as large as the number of channels, and wrong with one image.
# ONNX Runtime agrees with the formula.
#
# Each line: the six channels of the first image, values 1 to 6, size 3,
# alpha 3, beta 1, bias 1.
#
#   formula       0.167 0.133 0.1 0.078 0.064 0.097
#   onnxruntime   0.167 0.133 0.1 0.078 0.064 0.097
#   onnx, batch 1 0.167 2.0 3.0 4.0 5.0 6.0
#   onnx, batch 3 0.167 0.133 0.1 4.0 5.0 6.0
#   onnx, batch 6 0.167 0.133 0.1 0.078 0.064 0.097
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet numpy==2.4.6 onnx==1.23.2 onnxruntime==1.32.0
cat > show.py <<'PY'
import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

size, alpha, beta, bias = 3, 3.0, 1.0, 1.0
node = helper.make_node(
    "LRN", ["x"], ["y"], size=size, alpha=alpha, beta=beta, bias=bias
)
model = helper.make_model(
    helper.make_graph(
        [node],
        "lrn",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 6, 1, 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 6, 1, 1])],
    ),
    opset_imports=[helper.make_opsetid("", 21)],
    ir_version=10,
)


def batch(images):
    row = np.arange(1, 7, dtype=np.float32).reshape(1, 6, 1, 1)
    return {"x": np.repeat(row, images, 0)}


def show(name, row):
    print(f"{name:<13}", *[round(float(value), 3) for value in row])


x = np.arange(1.0, 7.0)
around = [np.sum(x[max(0, c - 1) : c + 2] ** 2) for c in range(6)]
show("formula", x / (bias + alpha / size * np.array(around)) ** beta)
session = onnxruntime.InferenceSession(
    model.SerializeToString(), providers=["CPUExecutionProvider"]
)
show("onnxruntime", session.run(None, batch(1))[0][0].ravel())
for images in (1, 3, 6):
    (y,) = ReferenceEvaluator(model).run(None, batch(images))
    show(f"onnx, batch {images}", y[0].ravel())
PY
venv/bin/python show.py > seen 2> errors || { cat errors; exit 1; }
cat seen
diff <(echo "$expected") seen && echo "As before"
