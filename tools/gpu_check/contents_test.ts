import assert from "node:assert/strict";
import { isNeeded } from "./contents.ts";

Deno.test("isNeeded() keeps code and binaries of x86-64 Linux alone", () => {
  const kept = [
    "sharp/lib/sharp.js",
    "onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1",
    "effect/package.json",
  ];
  const left = [
    "effect/src/Effect.ts",
    "effect/dist/Effect.d.ts",
    "effect/dist/Effect.js.map",
    "onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1",
    "onnxruntime-node/bin/napi-v6/win32/x64/onnxruntime.dll",
    "protobufjs/cli/node_modules/a/index.js",
  ];
  assert.deepEqual([...kept, ...left].filter(isNeeded), kept);
});
