import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { contentsOf, isNeeded } from "./contents.ts";

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

Deno.test("contentsOf() finds worker threads and packages, and packs no app", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { modules, packages } = await contentsOf(root, [
    "tools/gpu_check/worker.ts",
  ]);
  assert.ok(modules.includes("libs/clustering/assign/assign_worker.ts"));
  assert.ok(modules.includes("libs/core/mod.ts"));
  assert.ok(!modules.some((path) => /^(apps|examples|docs)\//.test(path)));
  assert.ok(packages.some((name) => name.startsWith("onnxruntime-node@")));
  assert.ok(packages.some((name) => name.startsWith("protobufjs@")));
  assert.ok(!packages.some((name) => name.startsWith("playwright-core@")));
});
