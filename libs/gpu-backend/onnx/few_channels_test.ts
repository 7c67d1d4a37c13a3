import { draws } from "@deepcluster/core";
import { addBias, buildGraph, convolution, input } from "@deepcluster/graph";
import { innerNodes } from "@deepcluster/onnx-format";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { normals } from "../testing.ts";
import { channelBlock } from "./channel_block.ts";
import { compileWith } from "./executor.ts";
import { lower } from "@deepcluster/onnx-lowering";
import { loadRuntime } from "./runtime.ts";
import assert from "node:assert/strict";

/** Sobel's second convolution over a batch. */
const sobel = (batch: number, fixed = true) =>
  buildGraph(() => {
    const x = input("x", [batch, 1, 180, 200]);
    const filter = input("filter", [2, 1, 3, 3]);
    const bias = input("bias", [2]);
    const y = addBias(convolution(x, filter, { padding: 1 }), bias);
    return {
      outputs: { y },
      state: fixed ? { filter, bias } : {},
    };
  });

const random = draws(1, "few channels");
const state = {
  filter: normals(random, [2, 1, 3, 3]),
  bias: normals(random, [2]),
};

effectTest(
  "a convolution of few channels by a constant filter goes by parts of a " +
    "batch that does not fit the cache",
  () =>
    Effect.gen(function* () {
      const inParts = Effect.fnUntraced(
        function* (batch: number, block?: number, fixed?: boolean) {
          const { nodes } = lower(yield* sobel(batch, fixed), state, { block })
            .model;
          return nodes.flatMap(innerNodes)
            .some(({ operator }) => operator === "com.microsoft.nchwc.Conv");
        },
      );
      assert.ok(yield* inParts(4, 16));
      assert.ok(!(yield* inParts(1, 16)), "one part");
      assert.ok(!(yield* inParts(4, undefined)), "no blocks");
      assert.ok(!(yield* inParts(4, 16, false)), "its filter may change");
    }),
);

effectTest(
  "a convolution of few channels has the same bits in parts, several rows at " +
    "once, as in one node",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const runtime = yield* loadRuntime;
      const settings = { provider: "cpu", threads: 2 } as const;
      const block = yield* channelBlock(runtime, settings);
      const cases = [
        { images: [6, 1, 180, 200], filter: [2, 1, 3, 3], padding: 1 },
        { images: [6, 3, 192, 200], filter: [1, 3, 1, 1] },
        { images: [5, 2, 391, 409], filter: [3, 2, 5, 4], stride: [2, 3] },
        { images: [6, 1, 179, 200], filter: [2, 1, 3, 3], padding: 1 },
        { images: [6, 1, 184, 200], filter: [2, 1, 3, 3], dilation: 2 },
      ] as const;
      for (const { images, filter: shape, ...options } of cases) {
        const state = {
          filter: normals(random, shape),
          bias: normals(random, [shape[0]]),
        };
        const graph = yield* buildGraph(() => {
          const filter = input("filter", shape);
          const bias = input("bias", [shape[0]]);
          const x = input("x", images);
          const y = addBias(convolution(x, filter, options), bias);
          return { outputs: { y }, state: { filter, bias } };
        });
        const inputs = { x: normals(random, images) };
        const run = Effect.fnUntraced(function* (block: number | undefined) {
          const lowering = { block };
          const compile = compileWith({ runtime, settings, lowering });
          const { run } = yield* compile(graph, state);
          return (yield* run(inputs))["y"]!.data.slice();
        });
        assert.deepEqual(yield* run(block), yield* run(undefined));
      }
    })),
);
