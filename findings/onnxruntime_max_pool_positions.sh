#!/usr/bin/env bash
# ONNX Runtime's MaxPool takes many times as long once its positions are used.
#
# Version: onnxruntime-node 1.30.0, CPU provider; onnx-proto 8.0.1.
# Guess: twice as long, as a second tensor of the same shape is written.
# Seen: ten to fifteen times as long: without positions the maxima are taken in
# vectors, with them number by number. Scattering a gradient to the positions
# (ScatterElements) takes six to eight times as long as MaxUnpool, which gives
# the same bytes.
#
# 64 x 24 x 32 x 32, windows and steps of 2 x 2, medians of 60 runs (times
# differ by machine; what is printed does not):
#
#   positions take more than 4 times as long: true
#   ScatterElements takes more than twice as long as MaxUnpool: true
#   both give the same bytes: true
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
const info = ([name, elemType, shape]) => ({
  name,
  type: {
    tensorType: { elemType, shape: { dim: shape.map((dimValue) => ({ dimValue })) } },
  },
});
const ints = (name, values) => ({ name, type: 7, ints: values });
const open = (nodes, inputs, outputs) =>
  InferenceSession.create(
    onnx.ModelProto.encode({
      irVersion: 8,
      opsetImport: [{ domain: "", version: 18 }],
      graph: {
        name: "g",
        node: nodes,
        input: inputs.map(info),
        output: outputs.map(info),
      },
    }).finish(),
    { intraOpNumThreads: 2 },
  );
const large = [64, 24, 32, 32];
const small = [64, 24, 16, 16];
const window = [ints("kernel_shape", [2, 2]), ints("strides", [2, 2])];
const pool = (...output) => ({
  opType: "MaxPool", input: ["x"], output, attribute: window,
});
// Outputs of one number each, so that copies of outputs are not measured.
const last = (name, of) => ({
  opType: "ReduceMax",
  input: [of],
  output: [name],
  attribute: [{ name: "keepdims", type: 2, i: 0 }],
});
const x = Float32Array.from({ length: 64 * 24 * 1024 }, (_, i) =>
  ((i * 2654435761) % 4294967296) / 4294967296);
const feeds = { x: new Tensor("float32", x, large) };
const median = async (session, fed) => {
  const times = [];
  for (let i = 0; i < 60; i++) {
    const begun = performance.now();
    await session.run(fed);
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[30];
};
const plain = await open([pool("y"), last("m", "y")], [["x", float, large]],
  [["m", float, []]]);
const both = await open([pool("y", "at"), last("m", "y"), last("n", "at")],
  [["x", float, large]], [["m", float, []], ["n", int64, []]]);
const ratio = await median(both, feeds) / await median(plain, feeds);
console.log(`positions take more than 4 times as long: ${ratio > 4}`);

const positions = await open([pool("y", "at")], [["x", float, large]],
  [["y", float, small], ["at", int64, small]]);
const { y, at } = await positions.run(feeds);
const zeros = new Tensor("float32", new Float32Array(64 * 24 * 1024), [64 * 24 * 1024]);
const scatterNodes = [
  { opType: "ScatterElements", input: ["zeros", "at", "y"], output: ["g"],
    attribute: [{ name: "axis", type: 2, i: 0 }] },
];
const unpoolNodes = [
  { opType: "MaxUnpool", input: ["y", "at"], output: ["g"], attribute: window },
];
const flat = (t) => new Tensor(t.type, t.data, [t.data.length]);
const length = [64 * 24 * 256];
const scatterInputs = [["zeros", float, [64 * 24 * 1024]], ["at", int64, length],
  ["y", float, length]];
const unpoolInputs = [["y", float, small], ["at", int64, small]];
const scattered = { zeros, at: flat(at), y: flat(y) };
const measured = async (nodes, inputs, fed) =>
  median(await open([...nodes, last("m", "g")], inputs, [["m", float, []]]), fed);
const scatterTime = await measured(scatterNodes, scatterInputs, scattered);
const unpoolTime = await measured(unpoolNodes, unpoolInputs, { y, at });
console.log("ScatterElements takes more than twice as long as MaxUnpool: " +
  (scatterTime > 2 * unpoolTime));
const result = async (nodes, inputs, shape, fed) =>
  (await (await open(nodes, inputs, [["g", float, shape]])).run(fed)).g.data;
const a = await result(scatterNodes, scatterInputs, [64 * 24 * 1024], scattered);
const b = await result(unpoolNodes, unpoolInputs, large, { y, at });
console.log(`both give the same bytes: ${a.every((value, i) => value === b[i])}`);
JS
seen=$(node show.mjs)
echo "$seen"
[ "$seen" = "$expected" ]
