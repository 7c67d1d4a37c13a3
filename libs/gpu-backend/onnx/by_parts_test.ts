import { floatTensor } from "@deepcluster/core";
import { encode, modelWriter } from "@deepcluster/onnx-format";
import { byParts, lowering } from "@deepcluster/onnx-lowering";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { loadRuntime, openSession } from "./runtime.ts";
import assert from "node:assert/strict";

effectTest(
  "parts go through the same nodes, which read what is outside of them",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const writer = modelWriter();
      const port = { shape: [4, 2], dtype: "float32" } as const;
      const x = writer.input({ ...port, name: "x" });
      const y = writer.input({ ...port, name: "y" });
      const to = lowering(writer, {
        order: [],
        roots: [],
        leaves: new Map(),
        constants: new Set(),
        byteProducts: 0,
        onGpu: false,
        winograd: false,
        lower: () => "",
        lowerReversed: () => "",
      });
      const weights = to.constant(
        "weights",
        () => floatTensor([2], Float32Array.of(1, 10)),
      );
      const doubled = to.node("Add", [weights, weights]);
      const part = [2, 2] as const;
      const [product, sums] = byParts(
        2,
        [{ tensor: x, shape: part }, { tensor: y, shape: part }],
        [{ shape: part }, { shape: [1, 2] }],
        ([x, y]) => [
          to.node("Mul", [to.node("Mul", [x!, y!]), doubled]),
          to.node("ReduceSum", [x!, to.integers([0])]),
        ],
        to,
      );
      writer.output({ ...port, shape: [2, 2, 2], name: "product" }, product!);
      writer.output({ ...port, shape: [2, 1, 2], name: "sums" }, sums!);
      const runtime = yield* loadRuntime;
      const session = yield* openSession(
        runtime,
        yield* encode(writer.finish(), { external: true }),
        { provider: "cpu", threads: 1 },
      );
      const tensor = (...values: readonly number[]) =>
        new runtime.Tensor("float32", Float32Array.from(values), [4, 2]);
      const results = yield* Effect.promise(() =>
        session.run({
          x: tensor(1, 2, 3, 4, 5, 6, 7, 8),
          y: tensor(1, 1, 1, 1, 2, 2, 2, 2),
        })
      );
      assert.deepEqual(
        [...results["product"]!.data],
        [2, 40, 6, 80, 20, 240, 28, 320],
      );
      assert.deepEqual([...results["sums"]!.data], [4, 6, 12, 14]);
    })),
);
