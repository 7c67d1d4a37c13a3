import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { layOut } from "./layout.ts";
import assert from "node:assert/strict";

effectTest(
  "layOut() lets no two arrays share a byte, and grows the memory to hold them",
  () =>
    Effect.sync(() => {
      const memory = new WebAssembly.Memory({ initial: 1 });
      const { bytes, doubles, ints } = layOut(memory, {
        bytes: [Uint8Array, 70_001],
        doubles: [Float64Array, 3],
        ints: [Int32Array, 5],
      });
      bytes.fill(1);
      doubles.fill(2);
      ints.fill(3);
      assert.ok(bytes.every((value) => value === 1));
      assert.deepEqual([...doubles], [2, 2, 2]);
      assert.deepEqual([...ints], [3, 3, 3, 3, 3]);
      assert.equal(memory.buffer.byteLength, 2 * 2 ** 16);
    }),
);

effectTest(
  "layOut() lays arrays in place of those before",
  () =>
    Effect.sync(() => {
      const memory = new WebAssembly.Memory({ initial: 1 });
      const layout = { floats: [Float32Array, 100] } as const;
      const { floats } = layOut(memory, layout);
      assert.ok(floats.byteOffset > 0);
      assert.equal(layOut(memory, layout).floats.byteOffset, floats.byteOffset);
      assert.equal(memory.buffer.byteLength, 2 ** 16);
    }),
);
