import assert from "node:assert/strict";
import { axisText, smallestStep } from "./axis_text.ts";
import type { Chart } from "./chart.ts";

const chart = {
  title: "",
  kind: "bars",
  xName: "",
  x: [],
  series: [],
} as const satisfies Chart;

Deno.test("axisText() shortens thousands, and writes as the chart does", () => {
  assert.deepEqual(
    [0, 0.00002, 0.30000000000000004, -2500, 20_000, -3e6, 1.5e9]
      .map((value) => axisText(chart, value)),
    ["0", "0.00002", "0.3", "-2500", "20k", "-3M", "1.5G"],
  );
  assert.equal(
    axisText({ ...chart, write: (v) => `${v} %` }, 3e6),
    "3000000 %",
  );
});

Deno.test("smallestStep() is one that the axis tells apart, and whole for counts", () => {
  const step = (more: Partial<Chart>, ...values: (number | undefined)[]) =>
    smallestStep({ ...chart, ...more, series: [{ name: "", values }] });
  const lines = { kind: "lines" } as const;
  const write = (value: number) => value.toFixed(3);
  assert.equal(step({}, 1, 2), 1);
  assert.equal(step({}, 1, 2.5), 0.001);
  assert.equal(step(lines, 0.8182, 0.81821), 0.0001);
  assert.equal(step({ ...lines, write }, 1.0971, 1.0986), 0.001);
  assert.equal(step({ ...lines, write }, 1097.1), 0.001);
  assert.equal(step({ ...lines, write }, 0.00002), 0.0001);
  assert.equal(step(lines, undefined, 0, NaN), undefined);
});
