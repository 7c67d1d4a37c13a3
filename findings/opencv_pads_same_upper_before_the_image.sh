#!/usr/bin/env bash
# OpenCV 5 pads before the image where an ONNX model wants it after.
#
# Versions: opencv-python-headless 5.0.0.93; 4.12.0.88, onnx 1.23.2, onnxruntime
# 1.32.0 beside it.
# TensorFlow's "same" is auto_pad SAME_UPPER: where the padding is uneven, the odd
# row and column stand at the end. That is so in each layer of 3 x 3 with stride 2
# on an even size, with which MobileNets and EfficientNets halve images.
# Guess: as ONNX Runtime, and as with the same padding written out as `pads`.
# Seen: OpenCV 5 puts half of the kernel before the image, whatever the stride and
# whether it is SAME_UPPER or SAME_LOWER: Conv, MaxPool and AveragePool with stride 2
# look one pixel further up and left than they were trained to. The shape is right,
# and no message tells. Written out, uneven `pads` are right. OpenCV 4 has
# SAME_UPPER right and took SAME_LOWER, which is rare, for it.
#
# The numbers 0 to 15 as an image of 4 x 4, stride 2; Conv's kernel of 3 x 3 takes
# the pixel in its middle:
#   SAME_UPPER Conv: ONNX Runtime: 5 7 13 15, OpenCV 4: 5 7 13 15, OpenCV 5: 0 2 8 10
#   SAME_UPPER MaxPool: ONNX Runtime: 10 11 14 15, OpenCV 4: 10 11 14 15, OpenCV 5: 5 7 13 15
#   SAME_UPPER AveragePool: ONNX Runtime: 5 6.5 11 12.5, OpenCV 4: 5 6.5 11 12.5, OpenCV 5: 2.5 4 8.5 10
#   SAME_LOWER Conv: ONNX Runtime: 0 2 8 10, OpenCV 4: 5 7 13 15, OpenCV 5: 0 2 8 10
#   pads 0 0 1 1 Conv: ONNX Runtime: 5 7 13 15, OpenCV 4: 5 7 13 15, OpenCV 5: 5 7 13 15
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
cat > run.py <<'PY'
import sys

import numpy
from onnx import TensorProto, helper, numpy_helper

engine = sys.argv[1]
image = numpy.arange(16, dtype="float32").reshape(1, 1, 4, 4)
middle = numpy.zeros((1, 1, 3, 3), "float32")
middle[0, 0, 1, 1] = 1


def model(operator, padding):
    inputs = ["image"] + (["kernel"] if operator == "Conv" else [])
    node = helper.make_node(
        operator, inputs, ["result"], kernel_shape=[3, 3], strides=[2, 2], **padding)
    float32 = TensorProto.FLOAT
    graph = helper.make_graph(
        [node], "graph",
        [helper.make_tensor_value_info("image", float32, [1, 1, 4, 4])],
        [helper.make_tensor_value_info("result", float32, [1, 1, 2, 2])],
        [numpy_helper.from_array(middle, "kernel")] if operator == "Conv" else [])
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9).SerializeToString()


def run(written):
    if engine == "ONNX Runtime":
        import onnxruntime
        session = onnxruntime.InferenceSession(written)
        return session.run(None, {"image": image})[0]
    import cv2
    net = cv2.dnn.readNetFromONNX(numpy.frombuffer(written, numpy.uint8))
    net.setInput(image)
    return net.forward()


for operator, name, padding in [
    ("Conv", "SAME_UPPER", {"auto_pad": "SAME_UPPER"}),
    ("MaxPool", "SAME_UPPER", {"auto_pad": "SAME_UPPER"}),
    ("AveragePool", "SAME_UPPER", {"auto_pad": "SAME_UPPER"}),
    ("Conv", "SAME_LOWER", {"auto_pad": "SAME_LOWER"}),
    ("Conv", "pads 0 0 1 1", {"pads": [0, 0, 1, 1]}),
]:
    numbers = " ".join(f"{number:g}" for number in run(model(operator, padding)).flat)
    print(f"{name} {operator}: {engine}: {numbers}")
PY
for major in 4 5; do
  python3 -m venv "venv$major"
  version=$([ "$major" = 4 ] && echo 4.12.0.88 || echo 5.0.0.93)
  "venv$major/bin/pip" install --quiet --disable-pip-version-check onnx==1.23.2 \
    onnxruntime==1.32.0 "opencv-python-headless==$version"
  "venv$major/bin/python" run.py "OpenCV $major" > "opencv$major"
done
venv5/bin/python run.py "ONNX Runtime" > onnxruntime
paste -d "," onnxruntime <(sed "s/.*: OpenCV/ OpenCV/" opencv4) <(sed "s/.*: OpenCV/ OpenCV/" opencv5) > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
