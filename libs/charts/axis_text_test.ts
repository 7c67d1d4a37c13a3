import assert from "node:assert/strict";
import { axisText } from "./axis_text.ts";
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
