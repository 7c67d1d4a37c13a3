#!/usr/bin/env bash
# ONNX Runtime's WebGPU provider crops where it should shrink (Resize, NHWC).
#
# Versions: onnxruntime-node 1.30.0, onnx-proto 8.0.1; SwiftShader, a Vulkan
# device in software, of @sparticuz/chromium 153.0.0. The shader that is wrong
# is generated for any adapter.
# Guess, for each operator of a sweep of some 500 cases: as on the CPU, but for
# rounding, or refused with an error.
# Seen: of inputs with four axes, linear mode interpolates the last two and takes
# the others as they are, whatever the scales. So an image with channels last,
# as models converted from TensorFlow have it, comes out with the right shape
# and narrower, but its upper half in place of all of it, without a word. With
# three axes, or nearest, it is right; so are scales of the last two axes, which
# are all that networks out of PyTorch have.
#
# Each value of x is the number of its row (axis 1, or 0 of three); halved:
#
#   linear, [1,8,6,3] by [1,0.5,0.5,1] on cpu: 0.5 2.5 4.5 6.5
#   linear, [1,8,6,3] by [1,0.5,0.5,1] on webgpu: 0.0 1.0 2.0 3.0
#   linear, [1,8,6,3] by [1,0.5,1,1] on cpu: 0.5 2.5 4.5 6.5
#   linear, [1,8,6,3] by [1,0.5,1,1] on webgpu: 0.0 1.0 2.0 3.0
#   linear, [8,6,3] by [0.5,0.5,1] on cpu: 0.5 2.5 4.5 6.5
#   linear, [8,6,3] by [0.5,0.5,1] on webgpu: 0.5 2.5 4.5 6.5
#   nearest, [1,8,6,3] by [1,0.5,0.5,1] on cpu: 0.0 2.0 4.0 6.0
#   nearest, [1,8,6,3] by [1,0.5,0.5,1] on webgpu: 0.0 2.0 4.0 6.0
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
const show = async (mode, shape, factors) => {
  const model = onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 18 }],
    graph: {
      name: "resize",
      node: [{
        opType: "Resize",
        input: ["x", "", "scales"],
        output: ["y"],
        attribute: [{
          name: "mode",
          type: 3,
          s: new TextEncoder().encode(mode),
        }],
      }],
      initializer: [{
        name: "scales",
        dataType: 1,
        dims: [factors.length],
        floatData: factors,
      }],
      input: [info("x", shape)],
      output: [info("y")],
    },
  }).finish();
  const size = shape.reduce((a, b) => a * b);
  const rowSize = shape.at(-1) * shape.at(-2);
  const row = (i) => Math.floor(i / rowSize);
  const numbers = Float32Array.from({ length: size }, (_, i) => row(i));
  const x = new Tensor("float32", numbers, shape);
  for (const provider of ["cpu", "webgpu"]) {
    const executionProviders = [provider];
    const session = await InferenceSession.create(model, { executionProviders });
    const { y } = await session.run({ x });
    await session.release();
    const newRowSize = y.dims.at(-1) * y.dims.at(-2);
    const rows = [...y.data].filter((_, i) => i % newRowSize === 0);
    console.log(
      `${mode}, [${shape}] by [${factors}] on ${provider}:`,
      rows.map((value) => value.toFixed(1)).join(" "),
    );
  }
};
await show("linear", [1, 8, 6, 3], [1, 0.5, 0.5, 1]);
await show("linear", [1, 8, 6, 3], [1, 0.5, 1, 1]);
await show("linear", [8, 6, 3], [0.5, 0.5, 1]);
await show("nearest", [1, 8, 6, 3], [1, 0.5, 0.5, 1]);
JS
export LD_LIBRARY_PATH=$PWD VK_ICD_FILENAMES=$PWD/vk_swiftshader_icd.json
node show.mjs > seen 2> errors || { cat errors; exit 1; }
cat seen
diff <(echo "$expected") seen && echo "As before"
