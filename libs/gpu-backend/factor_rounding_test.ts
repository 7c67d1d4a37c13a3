import { effectTest } from "@deepcluster/test";
import { roundingFloats, withCapabilities } from "@deepcluster/test/engines";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { measureFactorRounding } from "./factor_rounding.ts";
import { layerOnnx } from "./onnx/executor.ts";

/** An engine with its own memory that rounds what it is given. */
const rounding = (round: (x: number) => number) =>
  withCapabilities(
    roundingFloats(layerOnnx({ provider: "cpu", threads: 1 }), round),
    { deviceMemory: true },
  );

effectTest(
  "measureFactorRounding() finds how many bits of a factor are kept",
  () =>
    Effect.gen(function* () {
      const measured = (round: (x: number) => number) =>
        Effect.provide(measureFactorRounding, rounding(round));
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
