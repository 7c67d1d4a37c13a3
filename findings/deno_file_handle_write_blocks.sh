#!/usr/bin/env bash
# In Deno the asynchronous writes of node:fs keep the thread until they are done;
# its reads do not, and neither do Node's writes or Deno's own.
#
# Version: deno 2.9.6 of the npm registry; Linux, x86-64. Node 20 for comparison.
# Guess: FileHandle.write and fs.write return at once and write in the
# background, as in Node, so that a program computes while it writes.
# Seen: a call with 64 MB returns after the 30 to 150 ms that the write takes, and
# its promise is then as good as done. FileHandle.read of as many bytes returns in
# a fraction of a millisecond, and so does Deno.FsFile.write. A program that wrote
# 2 GB in pieces beside its work stood still for 4 s.
#
#   deno, FileHandle.write: stands still for most of it
#   deno, fs.write with a callback: stands still for most of it
#   deno, FileHandle.read: goes on meanwhile
#   deno, Deno.FsFile.write: goes on meanwhile
#   node, FileHandle.write: goes on meanwhile
#   node, fs.write with a callback: goes on meanwhile
#   node, FileHandle.read: goes on meanwhile
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund deno@2.9.6
cat > writes.mjs <<'JS'
import { write } from "node:fs";
import { open } from "node:fs/promises";

const runtime = globalThis.Deno === undefined ? "node" : "deno";
const bytes = new Uint8Array(64 * 2 ** 20).fill(1);

// Of three times: the fraction of the time in which the call does not return.
const standsStill = async (name, call) => {
  const fractions = [];
  for (let time = 0; time < 3; time++) {
    const start = performance.now();
    const promise = call();
    const blocked = performance.now() - start;
    await promise;
    fractions.push(blocked / (performance.now() - start));
  }
  const [, median] = fractions.sort((a, b) => a - b);
  console.log(
    `${runtime}, ${name}: ` +
      (median > 0.5 ? "stands still for most of it" : "goes on meanwhile"),
  );
  console.error(`${runtime}, ${name}: ${(100 * median).toFixed(0)} % of it`);
};

const handle = await open("bytes.bin", "w+");
const all = bytes.length;
await standsStill("FileHandle.write", () => handle.write(bytes, 0, all, 0));
await standsStill("fs.write with a callback", () =>
  new Promise((resolve) => write(handle.fd, bytes, 0, all, 0, resolve)));
await standsStill("FileHandle.read", () => handle.read(bytes, 0, all, 0));
await handle.close();
if (runtime === "deno") {
  const file = await Deno.open("bytes.bin", { write: true });
  await standsStill("Deno.FsFile.write", () => file.write(bytes));
  file.close();
}
JS
seen=$(
  node_modules/.bin/deno run --quiet -A writes.mjs
  node writes.mjs
)
echo "$seen"
[ "$seen" = "$expected" ]
