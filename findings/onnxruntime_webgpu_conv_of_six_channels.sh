#!/usr/bin/env bash
# ONNX Runtime's WebGPU provider convolves 6, 9, 15, 18 … input channels wrong.
#
# Versions: onnxruntime-node 1.30.0, onnx-proto 8.0.1; SwiftShader, a Vulkan
# device in software, of @sparticuz/chromium 153.0.0. The shader that is wrong
# is generated for any adapter, and the browser's provider is the same code.
# Guess: convolutions are the best tested operator of all and right in every
# size; what may differ from the CPU is rounding.
# Seen: values off by as much as they are large, without a word, where the
# channels are a multiple of 3 above 3 but none of 4, the filters a multiple
# of 4, in one group, and the kernel larger than 1x1. Channels are then loaded
# three at a time, but their place is computed as if four at a time. That the
# first convolution of a network is so is known (issue 29651, on 9 channels);
# it is any one, whatever stands before it. The first cases that one tries,
# 1, 3, 4, 8 or 64 channels, pass. HRNet-W18 and W30 have 18 and 30 channels;
# a filter gradient written as a convolution has as many as the batch has images.
#
# Compared with the CPU on whole numbers, whose products and sums are exact:
#
#   3 channels, 4 filters: 0 of 144 wrong
#   4 channels, 4 filters: 0 of 144 wrong
#   5 channels, 4 filters: 0 of 144 wrong
#   6 channels, 4 filters: 134 of 144 wrong
#   7 channels, 4 filters: 0 of 144 wrong
#   9 channels, 4 filters: 144 of 144 wrong
#   12 channels, 4 filters: 0 of 144 wrong
#   15 channels, 4 filters: 144 of 144 wrong
#   18 channels, 4 filters: 144 of 144 wrong
#   6 channels, 5 filters: 0 of 180 wrong
#   6 channels, 8 filters: 278 of 288 wrong
#   6 channels, 4 filters of 1x1: 0 of 256 wrong
#   6 channels, 4 filters, padded: 245 of 256 wrong
#   6 channels, 4 filters, third node: 144 of 144 wrong
#   18 to 36 of stride 2, padded: 576 of 576 wrong
#   30 to 60 of stride 2, padded: 960 of 960 wrong
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
const ints = (name, values) => ({ name, type: 7, ints: values });
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
const show = async (name, channels, filters, options = {}) => {
  const { kernel = 3, stride = 1, padding = 0, before = 0 } = options;
  const shapes = {
    x: [1, before || channels, 8, 8],
    ...(before && { v: [channels, before, 1, 1] }),
    w: [filters, channels, kernel, kernel],
  };
  const model = onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 18 }],
    graph: {
      name: "convolution",
      node: [
        ...(before
          ? [
            { opType: "Conv", input: ["x", "v"], output: ["u"] },
            { opType: "Relu", input: ["u"], output: ["t"] },
          ]
          : []),
        {
          opType: "Conv",
          input: [before ? "t" : "x", "w"],
          output: ["y"],
          attribute: [
            ints("strides", [stride, stride]),
            ints("pads", [padding, padding, padding, padding]),
          ],
        },
      ],
      input: Object.entries(shapes).map(([name, shape]) => info(name, shape)),
      output: [info("y")],
    },
  }).finish();
  const feeds = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, tensor(shape)]),
  );
  const valuesOn = async (provider) => {
    const executionProviders = [provider];
    const session = await InferenceSession.create(model, { executionProviders });
    const { y } = await session.run(feeds);
    await session.release();
    return y.data;
  };
  const right = await valuesOn("cpu");
  const values = await valuesOn("webgpu");
  const wrong = values.filter((value, i) => value !== right[i]).length;
  console.log(`${name}: ${wrong} of ${right.length} wrong`);
};
for (const channels of [3, 4, 5, 6, 7, 9, 12, 15, 18]) {
  await show(`${channels} channels, 4 filters`, channels, 4);
}
await show("6 channels, 5 filters", 6, 5);
await show("6 channels, 8 filters", 6, 8);
await show("6 channels, 4 filters of 1x1", 6, 4, { kernel: 1 });
await show("6 channels, 4 filters, padded", 6, 4, { padding: 1 });
await show("6 channels, 4 filters, third node", 6, 4, { before: 3 });
await show("18 to 36 of stride 2, padded", 18, 36, { stride: 2, padding: 1 });
await show("30 to 60 of stride 2, padded", 30, 60, { stride: 2, padding: 1 });
JS
export LD_LIBRARY_PATH=$PWD VK_ICD_FILENAMES=$PWD/vk_swiftshader_icd.json
node show.mjs > seen 2> errors || { cat errors; exit 1; }
cat seen
diff <(echo "$expected") seen && echo "As before"
