import { buildGraph, convolution, input } from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { lower } from "../lower.ts";
import assert from "node:assert/strict";

/** Names of the ONNX operators of one convolution. */
const operatorsOf = Effect.fnUntraced(function* (
  channels: number,
  filters: number,
  groups: number,
  onGpu: boolean,
) {
  const graph = yield* buildGraph(() => ({
    outputs: {
      y: convolution(
        input("x", [2, channels, 5, 5]),
        input("filter", [filters, channels / groups, 3, 3]),
        { groups },
      ),
    },
  }));
  return lower(graph, {}, { onGpu }).model.nodes
    .map(({ operator }) => operator);
});

effectTest(
  "channels that WebGPU would misread get more channels of zeros",
  () =>
    Effect.gen(function* () {
      for (const channels of [6, 9, 18]) {
        assert.deepEqual(
          yield* operatorsOf(channels, 8, 1, true),
          ["Pad", "Pad", "Conv"],
        );
      }
      for (const channels of [1, 2, 3, 4, 5, 7, 8, 12]) {
        assert.deepEqual(yield* operatorsOf(channels, 8, 1, true), ["Conv"]);
      }
      assert.deepEqual(yield* operatorsOf(6, 7, 1, true), ["Conv"]);
      assert.deepEqual(yield* operatorsOf(6, 8, 1, false), ["Conv"]);
    }),
);

effectTest(
  "groups that WebGPU would mix are convolved one by one",
  () =>
    Effect.gen(function* () {
      const apart = ["Slice", "Slice", "Conv", "Slice", "Slice", "Conv"];
      assert.deepEqual(
        yield* operatorsOf(4, 12, 2, true),
        [...apart, "Concat"],
      );
      assert.deepEqual(yield* operatorsOf(4, 16, 2, true), ["Conv"]);
      assert.deepEqual(yield* operatorsOf(4, 6, 2, true), ["Conv"]);
      assert.deepEqual(yield* operatorsOf(4, 12, 2, false), ["Conv"]);
    }),
);
