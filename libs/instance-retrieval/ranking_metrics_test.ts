import assert from "node:assert/strict";
import {
  positiveRanks,
  precisionAt,
  trapezoidalPrecision,
} from "./ranking_metrics.ts";

/** AP of a ranking in letters: a, b positive, j, k junk, others negative. */
const apOf = (ranking: string, listed = 2) => {
  const letters = [...ranking];
  const those = (wanted: string) =>
    new Set(letters.flatMap((letter, i) => wanted.includes(letter) ? [i] : []));
  const judgement = { positives: those("ab"), listed, junk: those("jk") };
  return trapezoidalPrecision(
    positiveRanks(letters.keys(), judgement),
    listed,
  ).toFixed(6);
};

Deno.test("trapezoidalPrecision() equals the values worked by hand", () => {
  assert.equal(apOf("nabn"), "0.416667");
  assert.equal(apOf("anbjx"), "0.791667");
  assert.equal(apOf("jajb"), "1.000000");
  assert.equal(apOf("ab", 3), "0.666667");
  assert.equal(apOf("nn"), "0.000000");
});

Deno.test("precisionAt() divides by the rank of the last positive where that is fewer", () => {
  assert.equal(precisionAt([0, 1, 2], 10), 1);
  assert.equal(precisionAt([0, 3], 10), 0.5);
  assert.equal(precisionAt([1, 30], 5), 0.2);
  assert.equal(precisionAt([2], 1), 0);
  assert.equal(precisionAt([], 5), 0);
});
