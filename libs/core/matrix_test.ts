import { firstNonFinite } from "@deepcluster/core";
import assert from "node:assert/strict";

Deno.test("firstNonFinite() finds the first of two at every place, and none where all are finite", () => {
  for (let length = 0; length <= 20; length++) {
    const values = new Float32Array(length).fill(3e38);
    assert.equal(firstNonFinite(values), length);
    for (let index = 0; index < length; index++) {
      for (const value of [NaN, Infinity, -Infinity]) {
        const wrong = values.slice();
        wrong[length - 1] = NaN;
        wrong[index] = value;
        assert.equal(firstNonFinite(wrong), index);
      }
    }
  }
});
