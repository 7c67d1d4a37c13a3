#!/usr/bin/env bash
# ONNX Runtime's WebGPU provider mixes the groups of a convolution.
#
# Versions: onnxruntime-node 1.30.0, onnx-proto 8.0.1; SwiftShader, a Vulkan
# device in software, of @sparticuz/chromium 153.0.0. The shader that is wrong
# is generated for any adapter.
# Guess: Conv with groups is right, as random cases with up to three filters a
# group were.
# Seen: with four or more filters a group, filters are computed two or four at a
# time where their number allows it, all of them from the channels of the first
# one's group, even where a group ends between them. No message tells. Groups of
# a multiple of four filters are right, which those of the common networks are.
#
# Compared with the CPU on whole numbers, whose products and sums are exact:
# channels from and to, groups, and which filters are wrong.
#
#   Conv, 8 to 6 in 2: none
#   Conv, 8 to 8 in 2: none
#   Conv, 8 to 10 in 2: 5
#   Conv, 8 to 12 in 2: 6 7
#   Conv, 16 to 20 in 4: 5 6 7 10 11 15
#   Conv, 16 to 24 in 4: 6 7 18 19
#   Conv, 16 to 32 in 4: none
#   Conv, 8 to 34 in 2: 17
#   Conv, 8 to 40 in 2: none
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  onnxruntime-node@1.30.0 onnx-proto@8.0.1 @sparticuz/chromium@153.0.0
node -e 'process.stdout.write(zlib.brotliDecompressSync(fs.readFileSync(
  "node_modules/@sparticuz/chromium/bin/swiftshader.tar.br")))' | tar x
cat > show.mjs <<'JS'
import onnxProto from "onnx-proto";
import { InferenceSession, Tensor } from "onnxruntime-node";

const { onnx } = onnxProto;
const info = (name, shape) => ({
  name,
  type: {
    tensorType: {
      elemType: 1,
      shape: shape && { dim: shape.map((dimValue) => ({ dimValue })) },
    },
  },
});
// Small whole numbers, whose products and sums are exact in float32.
const tensor = (shape) =>
  new Tensor(
    "float32",
    Float32Array.from(
      { length: shape.reduce((a, b) => a * b) },
      (_, i) => (7 * i) % 11 - 5,
    ),
    shape,
  );
const show = async (inputs, outputs, group) => {
  const shapes = {
    x: [1, inputs, 5, 5],
    w: [outputs, inputs / group, 3, 3],
  };
  const model = onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 18 }],
    graph: {
      name: "convolution",
      node: [{
        opType: "Conv",
        input: ["x", "w"],
        output: ["y"],
        attribute: [{ name: "group", type: 2, i: group }],
      }],
      input: Object.entries(shapes).map(([name, shape]) => info(name, shape)),
      output: [info("y")],
    },
  }).finish();
  const feeds = { x: tensor(shapes.x), w: tensor(shapes.w) };
  const valuesOn = async (provider) => {
    const executionProviders = [provider];
    const session = await InferenceSession.create(model, { executionProviders });
    const { y } = await session.run(feeds);
    await session.release();
    return y.data;
  };
  const right = await valuesOn("cpu");
  const values = await valuesOn("webgpu");
  const wrong = new Set();
  const size = right.length / outputs;
  right.forEach((value, i) => {
    if (value !== values[i]) wrong.add(Math.floor(i / size));
  });
  const list = [...wrong].join(" ") || "none";
  console.log(`Conv, ${inputs} to ${outputs} in ${group}: ${list}`);
};
for (
  const [inputs, outputs, group] of [
    [8, 6, 2],
    [8, 8, 2],
    [8, 10, 2],
    [8, 12, 2],
    [16, 20, 4],
    [16, 24, 4],
    [16, 32, 4],
    [8, 34, 2],
    [8, 40, 2],
  ]
) await show(inputs, outputs, group);
JS
export LD_LIBRARY_PATH=$PWD VK_ICD_FILENAMES=$PWD/vk_swiftshader_icd.json
node show.mjs > seen 2> errors || { cat errors; exit 1; }
cat seen
diff <(echo "$expected") seen && echo "As before"
