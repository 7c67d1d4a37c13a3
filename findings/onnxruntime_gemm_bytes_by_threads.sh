#!/usr/bin/env bash
# The bytes of an ONNX Runtime product depend on the number of threads, if its
# first factor has fewer rows than its second has columns.
#
# Versions: onnxruntime 1.30.0, onnx 1.23.2, numpy 2.4.6 of the Python registry;
# Linux, x86-64, CPU (onnxruntime-node 1.30.0 does the same).
# Guess: threads share rows and columns of the result, so each sum over K is
# made by one thread, in one order, and more threads give the same bytes.
# Seen: [24, 65536] by the transpose of [18, 65536] has the same bytes on one and
# two threads; swap the factors, and it has not. The longer side of the result is
# shared; if that are the columns, a thread has fewer of them, and how K is cut
# into blocks follows from how many columns it has. Who wants the same bytes on
# every number of threads puts the longer side first, and transposes.
#
#   24 rows, 18 columns: the same bytes on 1 and 2 threads: True
#   18 rows, 24 columns: the same bytes on 1 and 2 threads: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  onnxruntime==1.30.0 onnx==1.23.2 numpy==2.4.6
cat > "$folder/gemm.py" <<'PY'
import sys
import numpy as np, onnxruntime as ort
from onnx import TensorProto, helper

k = 65536
draws = np.random.default_rng(0)

def told(rows, columns):
    value = lambda name, shape: helper.make_tensor_value_info(
        name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["a", "b"], ["y"], transB=1)], "product",
        [value("a", [rows, k]), value("b", [columns, k])],
        [value("y", [rows, columns])])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    feed = {name: draws.standard_normal((side, k), dtype=np.float32)
            for name, side in (("a", rows), ("b", columns))}
    results = []
    for threads in (1, 2):
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        session = ort.InferenceSession(
            model.SerializeToString(), options,
            providers=["CPUExecutionProvider"])
        results.append(session.run(None, feed)[0])
    same = results[0].tobytes() == results[1].tobytes()
    print(f"{rows} rows, {columns} columns: "
          f"the same bytes on 1 and 2 threads: {same}")
    print("largest difference:", np.abs(results[0] - results[1]).max(),
          file=sys.stderr)

told(24, 18)
told(18, 24)
PY
seen=$("$folder/venv/bin/python" "$folder/gemm.py")
echo "$seen"
[ "$seen" = "$expected" ]
