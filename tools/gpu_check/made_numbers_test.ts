import assert from "node:assert/strict";
import { madeIntegers, madeNumbers } from "./made_numbers.ts";

Deno.test("madeNumbers() equals what torch_baseline.py makes", () => {
  // From `made((6,), 7, 0.5)` and `made_integers(6, 7, 1000)`.
  const expected = [
    -0.15216943621635437,
    0.8312550187110901,
    -0.28584352135658264,
    -0.312936931848526,
    -0.6621988415718079,
    0.5996579527854919,
  ];
  assert.deepEqual([...madeNumbers(6, 7, 0.5)], expected);
  assert.deepEqual([...madeIntegers(6, 7, 1000)], [
    31,
    198,
    309,
    758,
    870,
    731,
  ]);
});

Deno.test("madeNumbers() has mean 0 and the deviation asked for", () => {
  const numbers = madeNumbers(100_000, 3, 2);
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const variance = numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length;
  assert.ok(Math.abs(mean) < 0.02, String(mean));
  assert.ok(Math.abs(Math.sqrt(variance) / 2 - 1) < 0.01, String(variance));
});

Deno.test("madeNumbers() of other seeds are unrelated", () => {
  const [a, b] = [madeNumbers(10_000, 1, 1), madeNumbers(10_000, 2, 1)];
  const product = a.reduce((sum, x, i) => sum + x * b[i]!, 0) / a.length;
  assert.ok(Math.abs(product) < 0.05, String(product));
});
