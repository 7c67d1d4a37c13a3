import { convolution, input } from "@deepcluster/graph";
import { winogradPlan } from "./winograd_plan.ts";
import type { Lowering } from "./lowering.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

/** Only whether the engine has the products is asked. */
const engine = { winograd: true } as Lowering;

/** In how many parts images of AlexNet's second layer go. */
const partsOf = (batch: number) => {
  const filter = input("filter", [256, 96, 5, 5]);
  const images = input("x", [batch, 96, 27, 27]);
  const y = convolution(images, filter, { padding: 2 });
  const shapes = { images: images.shape, filter: filter.shape };
  const { operator: { geometry } } = y as typeof y & {
    readonly operator: {
      readonly geometry: Parameters<typeof winogradPlan>[1];
    };
  };
  return winogradPlan({ ...shapes, results: y.shape }, geometry, engine)!.parts;
};

test("tiles of a part take 32 MB at most where the batch divides so", () => {
  const parts = [1, 8, 16, 20, 32, 128].map((batch) => partsOf(batch));
  assert.deepEqual(parts, [1, 1, 2, 2, 4, 16]);
});

test("a batch that only divides into much smaller parts stays as it is", () => {
  assert.deepEqual([31, 127].map((batch) => partsOf(batch)), [1, 1]);
});
