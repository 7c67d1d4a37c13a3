#!/usr/bin/env bash
# ONNX Runtime's WebGPU provider compiles all shaders anew once no session is
# open.
#
# Versions: onnxruntime-node 1.30.0, onnx-proto 8.0.1; SwiftShader, a Vulkan
# device in software, of @sparticuz/chromium 153.0.0.
# Guess: shaders are compiled once a process, or once for each session, as the
# plans of other libraries; so the same model, opened again, is quick, or as
# slow as the first time, whatever else is open.
# Seen: with its last session the library closes the device, and its compiled
# shaders are gone. A program that opens a session, runs it and releases it,
# again and again, pays for compilation each time; where any other session
# stays open, even one of another model on one element, the same program pays
# once. A small training, whose phases open one after the other, took 266 s,
# and 26 s with a session kept open (the machine was not equally busy).
#
# The first run of a model, three times opened and released, compared with its
# second run (times differ by machine; what is printed does not):
#
#   alone: every first run takes more than 5 times as long as the second
#   beside an open session of one Relu: only the first opening does
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
      shape: { dim: shape.map((dimValue) => ({ dimValue })) },
    },
  },
});
const modelOf = (node, inputs, output) =>
  onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 18 }],
    graph: {
      name: "g",
      node,
      input: Object.entries(inputs).map(([name, shape]) => info(name, shape)),
      output: [info("y", output)],
    },
  }).finish();
const shapes = { x: [2, 4, 12, 12], w: [8, 4, 3, 3] };
const model = modelOf(
  [
    { opType: "Conv", input: ["x", "w"], output: ["c"] },
    { opType: "Exp", input: ["c"], output: ["e"] },
    { opType: "Softmax", input: ["e"], output: ["y"] },
  ],
  shapes,
  [2, 8, 10, 10],
);
const feeds = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b);
    return [name, new Tensor("float32", new Float32Array(size), shape)];
  }),
);
const executionProviders = ["webgpu"];
const open = (bytes) => InferenceSession.create(bytes, { executionProviders });
/** How many times as long as the second run the first one takes. */
const firstRun = async () => {
  const session = await open(model);
  const times = [];
  for (let i = 0; i < 4; i++) {
    const begun = performance.now();
    await session.run(feeds);
    times.push(performance.now() - begun);
  }
  await session.release();
  return times[0] / Math.min(...times.slice(1));
};
const slowOnes = async () => {
  const ratios = [await firstRun(), await firstRun(), await firstRun()];
  console.error(ratios.map((ratio) => ratio.toFixed(1)).join(" "));
  return ratios.map((ratio) => ratio > 5).join();
};
const says = (ok, text) => console.log(ok ? text : `not so: ${text}`);
says(
  await slowOnes() === "true,true,true",
  "alone: every first run takes more than 5 times as long as the second",
);
const relu = modelOf([{ opType: "Relu", input: ["x"], output: ["y"] }], {
  x: [1],
}, [1]);
const other = await open(relu);
await other.run({ x: new Tensor("float32", [1], [1]) });
says(
  await slowOnes() === "true,false,false",
  "beside an open session of one Relu: only the first opening does",
);
await other.release();
JS
export LD_LIBRARY_PATH=$PWD VK_ICD_FILENAMES=$PWD/vk_swiftshader_icd.json
node show.mjs > seen 2> errors || { cat errors; exit 1; }
cat seen
diff <(echo "$expected") seen && echo "As before"
