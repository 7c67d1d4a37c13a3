import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { Backend } from "../backend.ts";
import { layerReference } from "../reference.ts";
import { flopsText, measureFlops } from "./measure.ts";
import assert from "node:assert/strict";

effectTest(
  "measureFlops() refuses an engine whose products are wrong",
  () =>
    Effect.gen(function* () {
      const wrong = Layer.effect(
        Backend,
        Effect.map(Backend, (backend) => ({
          ...backend,
          compile: (...args: Parameters<typeof backend.compile>) =>
            Effect.map(backend.compile(...args), (program) => ({
              ...program,
              run: (inputs: Parameters<typeof program.run>[0]) =>
                Effect.tap(program.run(inputs), ({ mean }) =>
                  Effect.sync(() => {
                    mean!.data[0]! *= 1.1;
                  })),
            })),
        })),
      ).pipe(Layer.provide(layerReference));
      const failure = yield* Effect.flip(Effect.provide(measureFlops, wrong));
      assert.match(
        failure.message,
        /must come out as 1: current value is 1\.1/,
      );
    }),
);

Deno.test("flopsText() has two digits and a unit", () => {
  assert.equal(flopsText(5.64e8), "0.56 GFLOP/s");
  assert.equal(flopsText(2.49e11), "250 GFLOP/s");
  assert.equal(flopsText(9.14e12), "9.1 TFLOP/s");
  assert.equal(flopsText(1e12), "1 TFLOP/s");
});
