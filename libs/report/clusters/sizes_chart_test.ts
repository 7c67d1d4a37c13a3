import { sizesChart } from "./sizes_chart.ts";
import assert from "node:assert/strict";

Deno.test("sizesChart() shows every cluster of a few, the largest first", () => {
  const chart = sizesChart(Int32Array.of(2, 9, 0, 5));
  assert.equal(chart.kind, "bars");
  assert.deepEqual(chart.x, ["1", "2", "3", "4"]);
  assert.deepEqual(chart.series[0]!.values, [9, 5, 2, 0]);
  assert.equal(chart.reference!.value, 4);
});

Deno.test("sizesChart() shows round ranks of many, with both ends", () => {
  const sizes = Int32Array.from({ length: 9_999 }, (_, i) => i);
  const { kind, x, series } = sizesChart(sizes);
  assert.equal(kind, "lines");
  assert.deepEqual([...x.slice(0, 3), x.at(-1)], ["1", "200", "400", "9999"]);
  assert.deepEqual(series[0]!.values.slice(0, 3), [9_998, 9_799, 9_599]);
  assert.equal(series[0]!.values.at(-1), 0);
  for (let k = 1; k < 500; k++) {
    const { x } = sizesChart(new Int32Array(k));
    assert.ok(x.length <= 61 && new Set(x).size === x.length);
    assert.deepEqual([x[0], x.at(-1)], ["1", `${k}`]);
  }
});
