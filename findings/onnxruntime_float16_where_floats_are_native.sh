#!/usr/bin/env bash
# onnxruntime-node cannot be fed float16 where JavaScript has Float16Array.
#
# Versions: onnxruntime-node 1.30.0, onnx-proto 8.0.1; Deno 2.9.6, Node 20.
# Guess: a float16 tensor made of a Uint16Array, as documented, is fed in every
# runtime.
# Seen: in Deno, which has Float16Array, the Tensor turns the Uint16Array into
# one, and the native side finds no bytes in it. The same words as a plain
# object, in place of a Tensor, run in both. Outputs are fine.
#
#   node 20, Tensor: 48128,49152
#   node 20, plain object: 48128,49152
#   deno 2.9.6, Tensor: not enough space: expected 4, got 0
#   deno 2.9.6, plain object: 48128,49152
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  onnxruntime-node@1.30.0 onnx-proto@8.0.1 node@20.19.5
npm install --silent --no-audit --no-fund deno@2.9.6
(cd node_modules/node && node installArchSpecificPackage.js > /dev/null 2>&1) || true
cat > show.mjs <<'JS'
import proto from "onnx-proto";
import ort from "onnxruntime-node";
const runtime = globalThis.Deno
  ? `deno ${Deno.version.deno}`
  : `node ${process.versions.node.split(".")[0]}`;
const value = (name) => ({
  name,
  type: { tensorType: { elemType: 10, shape: { dim: [{ dimValue: 2 }] } } },
});
const bytes = proto.onnx.ModelProto.encode({
  irVersion: 8,
  opsetImport: [{ domain: "", version: 18 }],
  graph: {
    name: "negate",
    input: [value("x")],
    output: [value("y")],
    node: [{ opType: "Neg", input: ["x"], output: ["y"] }],
  },
}).finish();
const session = await ort.InferenceSession.create(bytes);
const data = new Uint16Array([0x3c00, 0x4000]); // 1 and 2
const inputs = {
  "Tensor": () => new ort.Tensor("float16", data, [2]),
  "plain object": () => ({ type: "float16", dims: [2], data, location: "cpu" }),
};
for (const [name, input] of Object.entries(inputs)) {
  let seen;
  try {
    const { y } = await session.run({ x: input() });
    const { buffer, byteOffset } = y.data;
    seen = new Uint16Array(buffer, byteOffset, 2).join();
  } catch (error) {
    seen = error.message;
  }
  console.log(`${runtime}, ${name}: ${seen}`);
}
JS
{
  npx node show.mjs
  DENO_NO_UPDATE_CHECK=1 npx deno run -A show.mjs
} > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
