#!/usr/bin/env bash
# TensorFlow.js on WebAssembly drops the gradient of a max-pooling window
# without a positive number.
#
# Versions: @tensorflow/tfjs and tfjs-backend-wasm 4.22.0, in Node.
# Guess: a backend changes speed and rounding. Where a window has its maximum
# twice, one of the two gets the gradient, the first as in TensorFlow and
# PyTorch, and every window's gradient arrives somewhere.
# Seen: forwards wasm agrees with the pure JavaScript backend ("cpu"). Backwards
# it finds only maxima above 0: a window without one loses its gradient, or, if
# it holds the tensor's first value, gives it to that one. Of equal maxima the
# last gets it. After a ReLU nothing is lost that ReLU would not stop too; after
# batch normalisation, tanh, ELU or a bare convolution 1/16 of all windows of
# 2 x 2 fall out, training goes on, and no message tells.
#
# A row pooled by windows of 2, what comes out, and the gradient of its sum:
#
#   cpu,  1 3 2 4 pooled to 3 4: 0 1 0 1
#   wasm, 1 3 2 4 pooled to 3 4: 0 1 0 1
#   cpu,  -1 -3 -2 -4 pooled to -1 -2: 1 0 1 0
#   wasm, -1 -3 -2 -4 pooled to -1 -2: 1 0 0 0
#   cpu,  -3 -1 -4 -2 pooled to -1 -2: 0 1 0 1
#   wasm, -3 -1 -4 -2 pooled to -1 -2: 1 0 0 0
#   cpu,  5 5 5 5 pooled to 5 5: 1 0 1 0
#   wasm, 5 5 5 5 pooled to 5 5: 0 1 0 1
#
# Of 64 x 64 windows of 2 x 2 normally distributed values:
#
#   cpu,  gradients that arrive: 4096
#   wasm, gradients that arrive: 3852
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
cat > show.mjs <<'JS'
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";

const backends = ["cpu", "wasm"];
const gradientOn = async (backend, values, shape, window) => {
  await tf.setBackend(backend);
  const pool = (x) => tf.maxPool(x, window, window, "valid");
  const x = tf.tensor4d(values, shape);
  const gradient = tf.grad((x) => pool(x).sum())(x);
  return { pooled: pool(x).dataSync(), gradient: gradient.dataSync() };
};
const rows = [[1, 3, 2, 4], [-1, -3, -2, -4], [-3, -1, -4, -2], [5, 5, 5, 5]];
for (const row of rows) {
  for (const backend of backends) {
    const shape = [1, 1, 4, 1];
    const { pooled, gradient } = await gradientOn(backend, row, shape, [1, 2]);
    console.log(
      `${`${backend},`.padEnd(5)} ${row.join(" ")} pooled to ` +
        `${pooled.join(" ")}: ${gradient.join(" ")}`,
    );
  }
}
await tf.setBackend("cpu");
const shape = [1, 128, 128, 1];
const values = tf.randomNormal(shape, 0, 1, "float32", 1).dataSync();
for (const backend of backends) {
  const { gradient } = await gradientOn(backend, values, shape, [2, 2]);
  const arrived = gradient.reduce((a, b) => a + b);
  console.log(`${`${backend},`.padEnd(5)} gradients that arrive: ${arrived}`);
}
JS
node show.mjs > output 2> errors || { cat errors; exit 1; }
grep -E '^(cpu|wasm),' output > seen # not TensorFlow.js's advice
cat seen
diff <(echo "$expected") seen && echo "As before"
