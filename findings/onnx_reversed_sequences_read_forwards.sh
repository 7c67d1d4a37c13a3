#!/usr/bin/env bash
# tract and OpenCV read a recurrent layer with direction "reverse" forwards.
#
# Versions: tract 0.23.9, opencv-python-headless 5.0.0.93 of the Python registry;
# onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6 beside them.
# LSTM, GRU and RNN of ONNX have a direction: "forward", "reverse" (Keras's
# go_backwards=True) or "bidirectional".
# Guess: all three are computed, or one is refused, as OpenCV refuses RNN.
# Seen: in tract "reverse" gives what "forward" gives, of all three layers alike.
# OpenCV does the same with GRU; of LSTM it has the sequence right, but for the last
# state (Y_h) takes the one at the end of the sequence, where reading has just begun.
# No error. Bidirectional layers, of which one half is read in reverse, are right in
# both, so that a test with them passes.
#
# Compared with ONNX Runtime: outputs of "reverse" (all states, the last state).
#   LSTM tract: wrong, wrong; as forward, as forward
#   LSTM OpenCV: right, wrong
#   GRU tract: wrong, wrong; as forward, as forward
#   GRU OpenCV: wrong, wrong; as forward, as forward
#   RNN tract: wrong, wrong; as forward, as forward
#   RNN OpenCV: refused
#   wrong outputs of forward and bidirectional: 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tract==0.23.9 \
  opencv-python-headless==5.0.0.93 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
cat > show.py <<'PY'
import cv2
import numpy
import onnxruntime
import tract
from onnx import TensorProto, helper, numpy_helper

steps, units = 5, 3
random = numpy.random.default_rng(0)
sequence = random.standard_normal((steps, 1, 2)).astype("float32")
float32 = TensorProto.FLOAT


def model(operator, direction, weights):
    directions = 2 if direction == "bidirectional" else 1
    node = helper.make_node(
        operator, ["sequence", "input", "recurrent"], ["states", "last"],
        hidden_size=units, direction=direction)
    graph = helper.make_graph(
        [node], "graph",
        [helper.make_tensor_value_info("sequence", float32, sequence.shape)],
        [helper.make_tensor_value_info("states", float32, [steps, directions, 1, units]),
         helper.make_tensor_value_info("last", float32, [directions, 1, units])],
        [numpy_helper.from_array(weight[:directions], name)
         for name, weight in weights.items()])
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 14)],
        ir_version=9).SerializeToString()


def run_onnxruntime(written):
    return onnxruntime.InferenceSession(written).run(None, {"sequence": sequence})


def run_tract(written):
    with open("model.onnx", "wb") as file:
        file.write(written)
    runnable = tract.onnx().load("model.onnx").into_model().into_runnable()
    return [value.to_numpy() for value in runnable.run([sequence])]


def run_opencv(written):
    try:
        net = cv2.dnn.readNetFromONNX(numpy.frombuffer(written, numpy.uint8))
    except cv2.error:
        return None
    net.setInput(sequence)
    return net.forward(["states", "last"])


def equal(ours, theirs):
    return [one.shape == other.shape and numpy.allclose(one, other, atol=1e-5)
            for one, other in zip(ours, theirs)]


wrong_otherwise = 0
for operator, gates in ("LSTM", 4), ("GRU", 3), ("RNN", 1):
    weights = {
        name: random.standard_normal((2, gates * units, width)).astype("float32")
        for name, width in (("input", 2), ("recurrent", units))
    }
    written = {direction: model(operator, direction, weights)
               for direction in ("forward", "reverse", "bidirectional")}
    right = {name: run_onnxruntime(bytes_) for name, bytes_ in written.items()}
    for engine, run in ("tract", run_tract), ("OpenCV", run_opencv):
        seen = {name: run(bytes_) for name, bytes_ in written.items()}
        if seen["reverse"] is None:
            print(f"{operator} {engine}: refused")
            continue
        for name in "forward", "bidirectional":
            wrong_otherwise += equal(seen[name], right[name]).count(False)
        words = ["right" if good else "wrong"
                 for good in equal(seen["reverse"], right["reverse"])]
        line = f"{operator} {engine}: {', '.join(words)}"
        if all(equal(seen["reverse"], right["forward"])):
            line += "; as forward, as forward"
        print(line)
print(f"wrong outputs of forward and bidirectional: {wrong_otherwise}")
PY
venv/bin/python show.py > seen 2> messages || { cat messages; exit 1; }
cat seen
diff <(echo "$expected") seen && echo "As before"
