import { floatTensor } from "@deepcluster/core";
import { unsound } from "./sound_parameters.ts";
import assert from "node:assert/strict";

Deno.test("unsound() counts values that are not finite and places the first", () => {
  const values = Float32Array.of(0, 1, 2, 3, NaN, 5, -Infinity, 7);
  const tensor = floatTensor([2, 2, 2], values);
  assert.deepEqual(unsound("a.weight", "weight", tensor), {
    rule: "parameters must be finite",
    found: "a.weight has 2 of 8 that are not, the first NaN at [1, 0, 0]",
  });
  values[4] = 0;
  assert.match(
    unsound("a", "weight", tensor)!.found,
    /-Infinity at \[1, 1, 0\], as a 32-bit float$/,
  );
  values[6] = 0;
  assert.equal(unsound("a", "weight", tensor), undefined);
});

Deno.test("unsound() takes negative numbers for wrong in variances alone", () => {
  const tensor = floatTensor([3], Float32Array.of(0, -0.001, -1));
  assert.deepEqual(unsound("b", "runningVariance", tensor), {
    rule: "running variances must be at least 0",
    found: "b has 2 of 3 that are not, the first -0.001 at [1]",
  });
  assert.equal(unsound("b", "runningMean", tensor), undefined);
  assert.equal(unsound("b", "weight", floatTensor([])), undefined);
});
