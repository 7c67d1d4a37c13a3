import { floatTensor, type Tensors } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { Backend } from "./backend.ts";
import { measureFactorRounding } from "./factor_rounding.ts";
import { layerOnnx } from "./onnx/executor.ts";

/** An engine with its own memory that changes what it is given. */
const changing = (change: (x: number) => number) =>
  Layer.effect(
    Backend,
    Effect.map(Backend, ({ info, compile, ...rest }) => ({
      ...rest,
      info: {
        ...info,
        capabilities: { ...info.capabilities, deviceMemory: true },
      },
      compile: (...given: Parameters<typeof compile>) =>
        Effect.map(compile(...given), (program) => ({
          ...program,
          run: (inputs: Tensors) => program.run(changed(inputs, change)),
        })),
    })),
  ).pipe(Layer.provide(layerOnnx({ provider: "cpu", threads: 1 })));

effectTest(
  "measureFactorRounding() finds how many bits of a factor are kept",
  () =>
    Effect.gen(function* () {
      const measured = (change: (x: number) => number) =>
        Effect.provide(measureFactorRounding, changing(change));
      assert.equal(yield* measured((x) => x), 0);
      for (const [bits, loss] of [[10, 2 ** -10], [7, 2 ** -7]] as const) {
        const unit = 2 ** -bits;
        const nearest = (x: number) => Math.round(x / unit) * unit;
        const towardsZero = (x: number) => Math.floor(x / unit) * unit;
        assert.equal(yield* measured(towardsZero), loss, `${bits}, cut off`);
        // Half a unit is rounded up, and seen as well.
        assert.equal(yield* measured(nearest), loss, `${bits}`);
      }
    }),
);

const changed = (tensors: Tensors, change: (x: number) => number): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      name,
      floatTensor(shape, Float32Array.from(data, change)),
    ]),
  );
