#!/usr/bin/env bash
# In Deno a typed array posted through node:worker_threads costs time for every
# element, though its memory is shared or transferred.
#
# Version: deno 2.9.6 of the npm registry; Linux, x86-64. Node 20 for comparison.
# Guess: posting a view of shared memory takes as long as posting the memory, a
# fraction of a millisecond, whatever its length.
# Seen: 4 194 304 floats of shared memory take about 0.4 s, the first time some
# seconds, and as many transferred floats as well; their bare buffer takes 1 ms.
# Node takes less than 1 ms for each, and so does the Worker of the web in Deno
# itself: it is Deno's node:worker_threads that looks through what arrives. So
# post buffers and make the views on arrival.
#
#   deno, node:worker_threads, shared array: more than 50 ms
#   deno, node:worker_threads, its buffer: less than 50 ms
#   deno, node:worker_threads, transferred array: more than 50 ms
#   deno, node:worker_threads, transferred buffer: less than 50 ms
#   deno, Worker, shared array: less than 50 ms
#   node, node:worker_threads, shared array: less than 50 ms
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund deno@2.9.6
cat > threads.mjs <<'JS'
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { fileURLToPath } from "node:url";

const length = 4 * 1024 * 1024;
const shared = () => new Float32Array(new SharedArrayBuffer(4 * length));

// The least of three times from a message to its answer.
const least = async (name, ask, make, transferred) => {
  const times = [];
  for (let time = 0; time < 3; time++) {
    const value = make();
    const start = performance.now();
    await ask(value, transferred(value));
    times.push(performance.now() - start);
  }
  const ms = Math.min(...times);
  console.log(`${name}: ${ms > 50 ? "more" : "less"} than 50 ms`);
  console.error(`${name}: ${ms.toFixed(1)} ms`);
};

if (isMainThread) {
  const runtime = globalThis.Deno === undefined ? "node" : "deno";
  const worker = new Worker(fileURLToPath(import.meta.url));
  const ask = (value, list) =>
    new Promise((resolve) => {
      worker.once("message", resolve);
      worker.postMessage(value, list);
    });
  const threads = `${runtime}, node:worker_threads`;
  await least(`${threads}, shared array`, ask, shared, () => []);
  if (runtime === "deno") {
    const floats = () => new Float32Array(length);
    await least(`${threads}, its buffer`, ask, () => shared().buffer, () => []);
    await least(`${threads}, transferred array`, ask, floats, (x) => [x.buffer]);
    await least(
      `${threads}, transferred buffer`,
      ask,
      () => floats().buffer,
      (x) => [x],
    );
    const source = "onmessage = (e) => postMessage(e.data.byteLength)";
    const other = new globalThis.Worker(
      URL.createObjectURL(new Blob([source])),
      { type: "module" },
    );
    const askOther = (value) =>
      new Promise((resolve) => {
        other.onmessage = resolve;
        other.postMessage(value);
      });
    await least("deno, Worker, shared array", askOther, shared, () => []);
    other.terminate();
  }
  await worker.terminate();
} else {
  parentPort.on("message", (value) => parentPort.postMessage(value.byteLength));
}
JS
seen=$(
  node_modules/.bin/deno run --quiet -A threads.mjs
  node threads.mjs
)
echo "$seen"
[ "$seen" = "$expected" ]
