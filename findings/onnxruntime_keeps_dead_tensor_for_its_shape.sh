#!/usr/bin/env bash
# ONNX Runtime keeps the memory of a tensor that nothing reads any more for the
# next tensor of the same shape, however much later that is written.
#
# Version: onnxruntime-node 1.30.0, CPU provider; onnx-proto 8.0.1.
# Guess: memory is free once the last node that reads a tensor has run, so that
# the same nodes take the same memory whether a later tensor has 8192 x 8192
# elements or 1 x 8192 x 8192.
# Seen: in the first case two large tensors are in memory at once instead of
# one. In a training step dead maps of the forward pass are kept for gradients of
# their shape, 142 and 91 MiB for AlexNet and 128 images. An axis of
# size 1 more on one side avoids it; so does executionMode "parallel", which
# reuses nothing at all.
#
# Three tensors of 256 MiB, one after the other, of which the first and the last
# have the same shape. Growth of the process, in tensors:
#
#   the last is 8192 x 8192: 2
#   the last is 8192 x 8192, parallel: 1
#   the last is 1 x 8192 x 8192: 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  onnxruntime-node@1.30.0 onnx-proto@8.0.1
cat > show.mjs <<'JS'
import onnxProto from "onnx-proto";
import { InferenceSession, Tensor } from "onnxruntime-node";

const { onnx } = onnxProto;
const [float, int64] = [1, 7];
const info = (name, shape) => ({
  name,
  type: {
    tensorType: {
      elemType: float,
      shape: { dim: shape.map((dimValue) => ({ dimValue })) },
    },
  },
});
const node = (opType, input, output) => ({ opType, input, output: [output] });
const sizes = (name, values) => ({
  name, dims: [values.length], dataType: int64, int64Data: values,
});
/** Expands one number to a large tensor, of which one number is left. */
const large = (from, to) => [
  node("Expand", [from, `shape of ${to}`], `large ${to}`),
  node("ReduceMax", [`large ${to}`], to),
];
const [last, executionMode] = process.argv.slice(2);
const model = onnx.ModelProto.encode({
  irVersion: 8,
  opsetImport: [{ domain: "", version: 18 }],
  graph: {
    name: "g",
    node: [...large("x", "a"), ...large("a", "b"), ...large("b", "c")],
    initializer: [
      sizes("shape of a", [8192, 8192]),
      sizes("shape of b", [8192 * 8192]),
      sizes("shape of c", last.split(" ").map(Number)),
    ],
    input: [info("x", [1])],
    output: [info("c", last.split(" ").map(() => 1))],
  },
}).finish();
const session = await InferenceSession.create(model, {
  executionMode,
  enableCpuMemArena: false,
  enableMemPattern: false,
});
const peak = () => process.resourceUsage().maxRSS / 1024;
const before = peak();
await session.run({ x: new Tensor("float32", Float32Array.of(1), [1]) });
console.log(Math.round((peak() - before) / 256));
JS
seen=$(
  echo "the last is 8192 x 8192: $(node show.mjs "8192 8192" sequential)"
  echo "the last is 8192 x 8192, parallel: $(node show.mjs "8192 8192" parallel)"
  echo "the last is 1 x 8192 x 8192: $(node show.mjs "1 8192 8192" sequential)"
)
echo "$seen"
[ "$seen" = "$expected" ]
