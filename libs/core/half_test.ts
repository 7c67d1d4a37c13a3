import assert from "node:assert/strict";
import { halfBits, halfNumber } from "./half.ts";

Deno.test("every 16-bit number is read and written back as it is", () => {
  for (let half = 0; half < 2 ** 16; half++) {
    const value = halfNumber(half);
    if (Number.isNaN(value)) continue;
    assert.equal(halfBits(value), half);
    // Of neighbours the one with the even last bit takes the middle.
    const next = halfNumber(half + 1);
    if (!Number.isFinite(value) || !Number.isFinite(next)) continue;
    const middle = (value + next) / 2;
    assert.equal(halfBits(middle), half & 1 ? half + 1 : half, `${middle}`);
    const nearer = middle + (value - next) / 8;
    assert.equal(halfBits(nearer), half, `${nearer}`);
  }
});

Deno.test("what 16 bits do not hold becomes infinite, and NaN stays NaN", () => {
  assert.equal(halfNumber(halfBits(65519)), 65504);
  assert.equal(halfNumber(halfBits(65520)), Infinity);
  assert.equal(halfNumber(halfBits(-1e30)), -Infinity);
  assert.equal(halfNumber(halfBits(NaN)), NaN);
  assert.ok(Object.is(halfNumber(halfBits(-0)), -0));
});
