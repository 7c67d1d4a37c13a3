#!/usr/bin/env bash
# Deno's node:worker_threads drop what is posted before a thread listens.
#
# Versions: Deno 2.9.6 against Node 20.19.5.
# Guess: as in Node, messages wait in the port until the thread calls
# parentPort.on("message"), even if it first reads a file or opens a model.
# Seen: in Deno they arrive if the thread listens before it first waits for a
# file or a timer. What comes while it waits is gone without a word, and so is
# the answer. A port of MessageChannel given in workerData keeps its messages in
# both. That web workers lose early messages is known; Node's threads do not.
#
#   node, parentPort, listens at once: first second
#   node, parentPort, listens after a second: first second
#   node, port in workerData, listens after a second: first second
#   deno, parentPort, listens at once: first second
#   deno, parentPort, listens after a second: nothing
#   deno, port in workerData, listens after a second: first second
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts node@20.19.5
npm install --silent --no-audit --no-fund deno@2.9.6
(cd node_modules/node && node installArchSpecificPackage.js > /dev/null 2>&1) || true
cat > thread.mjs <<'JS'
import { setTimeout } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

const port = workerData.port ?? parentPort;
const messages = [];
if (workerData.late) await setTimeout(1000);
port.on("message", (message) => messages.push(message));
await setTimeout(500);
port.postMessage(messages.join(" ") || "nothing");
JS
cat > main.mjs <<'JS'
import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";

const runtime = globalThis.Deno ? "deno" : "node";
const show = async (name, late, ownPort) => {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./thread.mjs", import.meta.url), {
    workerData: { late, port: ownPort ? port2 : undefined },
    transferList: ownPort ? [port2] : [],
  });
  const port = ownPort ? port1 : worker;
  const answer = once(port, "message");
  port.postMessage("first");
  port.postMessage("second");
  const [message] = await answer;
  const when = late ? "after a second" : "at once";
  console.log(`${runtime}, ${name}, listens ${when}: ${message}`);
  await worker.terminate();
  port1.close();
};
await show("parentPort", false, false);
await show("parentPort", true, false);
await show("port in workerData", true, true);
process.exit(0);
JS
{
  npx node main.mjs
  DENO_NO_UPDATE_CHECK=1 npx deno run -A main.mjs
} > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
