import { floatTensor } from "@deepcluster/core";
import { batchMean, buildGraph, input, reduceMean } from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Backend } from "../backend.ts";
import { tfjsTests } from "./tfjs_testing.ts";
import assert from "node:assert/strict";

tfjsTests("wasm", (layer) => {
  effectTest(
    "tfjs wasm: the mean of 65 536 equal numbers is that number to 1e-7",
    () =>
      Effect.scoped(Effect.gen(function* () {
        const shape = [64, 2, 32, 32];
        const images = input("images", shape);
        const backend = yield* Backend;
        const { run } = yield* backend.compile(
          yield* buildGraph(() => ({
            outputs: {
              batch: batchMean(images),
              reduced: reduceMean(images, { axes: [0, 2, 3] }),
            },
          })),
          {},
        );
        const data = new Float32Array(64 * 2 * 32 * 32).fill(0.1);
        const means = yield* run({ images: floatTensor(shape, data) });
        for (const { data } of Object.values(means)) {
          assert.ok(Math.abs(data[0]! - 0.1) < 1e-7, `${data[0]}`);
        }
      })).pipe(Effect.provide(layer)),
  );
});
