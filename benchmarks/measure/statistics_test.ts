import assert from "node:assert/strict";
import { fitLine, pairedRatio, quantile, summarise } from "./statistics.ts";

Deno.test("quantile() interpolates linearly between neighbouring values", () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(quantile([4, 1, 3, 2], 0), 1);
  assert.equal(quantile([4, 1, 3, 2], 1), 4);
  assert.equal(quantile([10, 20, 30, 40, 50], 0.125), 15);
});

Deno.test("summarise() is not moved by one slow run", () => {
  const { median, spread, max } = summarise([1, 1, 1, 1, 100]);
  assert.deepEqual({ median, spread, max }, {
    median: 1,
    spread: 0,
    max: 100,
  });
});

Deno.test("pairedRatio() sees through what both of a pair have in common", () => {
  const base = [1, 10, 100, 3];
  const { ratio, low, high } = pairedRatio(base.map((t) => 1.5 * t), base);
  for (const value of [ratio, low, high]) {
    assert.ok(Math.abs(value - 1.5) < 1e-12, `${value}`);
  }
});

Deno.test("pairedRatio() spans 1 when the pairs contradict each other", () => {
  const { low, high } = pairedRatio([1, 2, 1, 2, 1, 2], [2, 1, 2, 1, 2, 1]);
  assert.ok(low < 1 && high > 1, `${low} ${high}`);
});

Deno.test("pairedRatio() gives the same interval every time", () =>
  assert.deepEqual(
    pairedRatio([1, 2, 3], [3, 2, 2]),
    pairedRatio([1, 2, 3], [3, 2, 2]),
  ));

Deno.test("fitLine() finds a line that there is, over decades", () => {
  const sizes = [1, 10, 100, 1000];
  const { fixed, each, maxRelativeError } = fitLine(
    sizes,
    sizes.map((x) => 5 + 2 * x),
  );
  assert.ok(Math.abs(fixed - 5) < 1e-9 && Math.abs(each - 2) < 1e-9);
  assert.ok(maxRelativeError < 1e-9);
});

Deno.test("fitLine() tells when cost grows with the square of the size", () => {
  const sizes = [1, 10, 100];
  assert.ok(fitLine(sizes, sizes.map((x) => x * x)).maxRelativeError > 0.5);
});
