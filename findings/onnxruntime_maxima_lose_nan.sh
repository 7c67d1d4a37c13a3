#!/usr/bin/env bash
# Whether a maximum in ONNX Runtime is NaN depends on place and on neighbours.
#
# Versions: onnxruntime-node 1.30.0 (CPU), models by onnx-proto 8.0.1.
# Guess: MaxPool and ReduceMax hand a NaN on, as PyTorch and NumPy do, or else
# pass over it; in any case the same for every place in the window, and the same
# whether the optional second output of MaxPool (Indices) is asked for or not.
# Seen, on x86-64: for one NaN among 1, 2, 3 all of it happens. MaxPool alone and
# MaxPool with Indices disagree on the same window, in both directions, and of
# 1, NaN, 2, 3 ReduceMax says 2, which is neither NaN nor the maximum:
#
#     NaN 1 2 3: MaxPool 3, with Indices NaN, ReduceMax NaN
#     1 NaN 2 3: MaxPool 3, with Indices 3, ReduceMax 2
#     1 2 NaN 3: MaxPool 3, with Indices 3, ReduceMax 3
#     1 2 3 NaN: MaxPool NaN, with Indices 3, ReduceMax 3
#
# So a NaN that a network makes may vanish in its next pooling, and come and go
# with the outputs that one asks for. Where it is lost may depend on the
# processor's instructions; compared is only that it is:
#
#   MaxPool hands NaN on at some places only: true
#   with Indices at some places only: true
#   ReduceMax at some places only: true
#   MaxPool equals MaxPool with Indices: false
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
const shape = [1, 1, 1, 4];
const info = (name, elemType) => ({ name, type: { tensorType: { elemType } } });
const maximumOf = async (row, opType, outputs) => {
  const attribute = opType === "MaxPool"
    ? { name: "kernel_shape", type: 7, ints: [1, 4] }
    : { name: "keepdims", type: 2, i: 1 };
  const model = onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      name: "maximum",
      node: [{ opType, input: ["x"], output: outputs, attribute: [attribute] }],
      input: [{
        name: "x",
        type: {
          tensorType: {
            elemType: 1,
            shape: { dim: shape.map((dimValue) => ({ dimValue })) },
          },
        },
      }],
      output: outputs.map((name) => info(name, name === "y" ? 1 : 7)),
    },
  }).finish();
  const session = await InferenceSession.create(model);
  const x = new Tensor("float32", Float32Array.from(row), shape);
  return (await session.run({ x })).y.data[0];
};
const maxima = { alone: [], indexed: [], reduced: [] };
for (const place of [0, 1, 2, 3]) {
  const row = [1, 2, 3];
  row.splice(place, 0, NaN);
  maxima.alone.push(await maximumOf(row, "MaxPool", ["y"]));
  maxima.indexed.push(await maximumOf(row, "MaxPool", ["y", "i"]));
  maxima.reduced.push(await maximumOf(row, "ReduceMax", ["y"]));
  console.error(
    `${row.join(" ")}: MaxPool ${maxima.alone.at(-1)}, with Indices ` +
      `${maxima.indexed.at(-1)}, ReduceMax ${maxima.reduced.at(-1)}`,
  );
}
const atSomePlaces = (values) =>
  values.some(Number.isNaN) && !values.every(Number.isNaN);
const { alone, indexed, reduced } = maxima;
console.log("MaxPool hands NaN on at some places only:", atSomePlaces(alone));
console.log("with Indices at some places only:", atSomePlaces(indexed));
console.log("ReduceMax at some places only:", atSomePlaces(reduced));
console.log(
  "MaxPool equals MaxPool with Indices:",
  alone.every((value, place) => Object.is(value, indexed[place])),
);
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
