import { floatTensor } from "@deepcluster/core";
import {
  addBias,
  buildGraph,
  convolution,
  convolutionInputGradient,
  input,
  type Value,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { channelBlock } from "./channel_block.ts";
import { lower } from "@deepcluster/onnx-lowering";
import { loadRuntime } from "./runtime.ts";
import assert from "node:assert/strict";

const operatorsOf = Effect.fnUntraced(function* (
  y: Value,
  block: number | undefined,
  constants: Readonly<Record<string, Value>> = {},
) {
  const graph = yield* buildGraph(() => ({ outputs: { y }, state: constants }));
  const state = Object.fromEntries(
    Object.entries(constants)
      .map(([name, { shape }]) => [name, floatTensor(shape)]),
  );
  return lower(graph, state, { block }).model.nodes
    .map(({ operator }) => operator)
    .filter((operator) => operator.includes("Conv"));
});

const blocked = "com.microsoft.nchwc.Conv";

effectTest(
  "a convolution goes by blocks of channels when they are whole and its " +
    "filter changes",
  () =>
    Effect.gen(function* () {
      const x = input("x", [2, 16, 8, 8]);
      const filter = input("filter", [32, 16, 3, 3]);
      const y = convolution(x, filter);
      assert.deepEqual(yield* operatorsOf(y, 16), [blocked]);
      assert.deepEqual(yield* operatorsOf(y, 8), [blocked]);
      assert.deepEqual(yield* operatorsOf(y, 32), ["Conv"]);
      assert.deepEqual(yield* operatorsOf(y, undefined), ["Conv"]);
      assert.deepEqual(yield* operatorsOf(y, 16, { filter }), ["Conv"]);
      const grouped = input("grouped", [32, 8, 3, 3]);
      assert.deepEqual(
        yield* operatorsOf(convolution(x, grouped, { groups: 2 }), 8),
        ["Conv"],
      );
    }),
);

effectTest(
  "the gradient of images goes by blocks where windows step by 1",
  () =>
    Effect.gen(function* () {
      const filter = input("filter", [32, 16, 3, 3]);
      const dy = input("dy", [2, 32, 6, 6]);
      const dx = convolutionInputGradient(filter, dy, [2, 16, 8, 8]);
      assert.deepEqual(yield* operatorsOf(dx, 16), [blocked]);
      const far = convolutionInputGradient(
        filter,
        dy,
        [2, 16, 13, 13],
        { stride: 2 },
      );
      assert.deepEqual(yield* operatorsOf(far, 16), ["ConvTranspose"]);
    }),
);

effectTest(
  "a bias is added by the convolution over blocks itself",
  () =>
    Effect.gen(function* () {
      const x = input("x", [2, 16, 8, 8]);
      const filter = input("filter", [32, 16, 3, 3]);
      const bias = input("bias", [32]);
      const y = addBias(convolution(x, filter), bias);
      const graph = yield* buildGraph(() => ({ outputs: { y } }));
      const { nodes } = lower(graph, {}, { block: 16 }).model;
      const [conv] = nodes.filter(({ operator }) => operator === blocked);
      assert.equal(conv?.inputs[2], "bias");
      assert.ok(!nodes.some(({ operator }) => operator === "Add"));
    }),
);

effectTest(
  "channelBlock() is a power of 2 or undefined, and undefined off the CPU",
  () =>
    Effect.gen(function* () {
      const runtime = yield* loadRuntime;
      const settings = { threads: 1 } as const;
      const block = yield* channelBlock(runtime, {
        ...settings,
        provider: "cpu",
      });
      assert.ok(block === undefined || [4, 8, 16, 32].includes(block));
      assert.equal(
        yield* channelBlock(runtime, { ...settings, provider: "webgpu" }),
        undefined,
      );
    }),
);
