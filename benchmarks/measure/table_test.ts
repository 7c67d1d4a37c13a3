import assert from "node:assert/strict";
import { digits, showSeconds, table } from "./table.ts";

Deno.test("table() aligns the first column to the left, others to the right", () =>
  assert.equal(
    table(["workload", "s"], [["forward", "1.2"], ["k", "10.25"]]),
    [
      "| workload |     s |",
      "| -------- | ----: |",
      "| forward  |   1.2 |",
      "| k        | 10.25 |",
    ].join("\n"),
  ));

Deno.test("showSeconds() chooses the unit", () =>
  assert.deepEqual(
    [2, 0.0125, 0.00000345].map(showSeconds),
    ["2.00 s", "12.5 ms", "3.45 µs"],
  ));

Deno.test("digits() keeps three digits and never cuts whole ones", () =>
  assert.deepEqual([1.234, 12.34, 1234.5, 0].map(digits), [
    "1.23",
    "12.3",
    "1235",
    "0.00",
  ]));
