import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { type Chart, chartFigure, chartName, drawChart } from "./mod.ts";

const chart = (more: Partial<Chart> = {}): Chart => ({
  title: "Loss",
  kind: "lines",
  xName: "epoch",
  x: ["1", "2", "3", "4"],
  series: [{ name: "training", values: [5, NaN, undefined, 3.14159] }],
  ...more,
});

/** Texts of all parts of a template, without what is between them. */
const flat = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(flat).join(" ")
    : typeof value === "object" && value !== null && "values" in value
    ? `${flat(Reflect.get(value, "strings"))} ${flat(value.values)}`
    : typeof value === "symbol" || value === undefined
    ? ""
    : String(value);

const count = (text: string, part: RegExp) => text.match(part)?.length ?? 0;

effectTest(
  "drawChart() draws the same chart as the same bytes",
  () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.all([
        drawChart(chart()),
        drawChart(chart()),
      ]);
      assert.equal(one, two);
    }),
);

effectTest(
  "drawChart() leaves nothing that a page with a strict policy refuses, nor " +
    "names that two drawings share",
  () =>
    Effect.gen(function* () {
      const drawing = yield* drawChart(chart({ kind: "bars" }));
      assert.doesNotMatch(
        drawing,
        /style|class=|id=|clip-path|<script|ecmeta|href/,
      );
      assert.deepEqual(
        new Set(drawing.match(/(?:fill|stroke)="[^"]*"/g)),
        new Set([
          'fill="none"',
          'stroke="var(--line)"',
          'fill="var(--quiet)"',
          'fill="var(--series-0)"',
        ]),
      );
    }),
);

effectTest(
  "drawChart() draws gaps, and values between gaps as points",
  () =>
    Effect.gen(function* () {
      const drawing = yield* drawChart(chart({
        x: Array.from({ length: 30 }, (_, i) => `${i}`),
        series: [{
          name: "a",
          values: Array.from(
            { length: 30 },
            (_, i) => i === 10 || i === 12 ? NaN : i,
          ),
        }],
      }));
      const points = count(drawing, /transform="matrix/g);
      const [line] = /<path d="([^"]*)" fill="none" stroke="var\(--series-0\)"/
        .exec(drawing)?.slice(1) ?? [""];
      assert.equal(points, 1);
      assert.equal(count(line!, /M/g), 3);
    }),
);

effectTest(
  "drawChart() keeps a chart of 1000 epochs below 20 kB",
  () =>
    Effect.gen(function* () {
      const values = Array.from({ length: 1000 }, (_, i) => Math.sin(i) * i);
      const drawing = yield* drawChart(chart({
        x: values.map((_, i) => `${i + 1}`),
        series: [{ name: "a", values }],
      }));
      assert.ok(drawing.length < 20_000, `${drawing.length}`);
      assert.match(drawing, />200<.*>1000</s);
    }),
);

effectTest(
  "drawChart() reaches a reference that is above all values",
  () =>
    Effect.gen(function* () {
      const without = yield* drawChart(chart());
      assert.doesNotMatch(without, />8</);
      assert.match(
        yield* drawChart(chart({ reference: { name: "ln k", value: 8 } })),
        />8</,
      );
    }),
);

effectTest(
  "drawChart() shows a single epoch as points in the middle",
  () =>
    Effect.gen(function* () {
      const drawing = yield* drawChart(
        chart({ x: ["1"], series: [{ name: "a", values: [2] }] }),
      );
      assert.equal(count(drawing, /transform="matrix/g), 1);
      const [first, last] = /data-first="(\d+)" data-last="(\d+)"/.exec(
        drawing,
      )!
        .slice(1).map(Number);
      assert.equal(first, last);
      assert.ok(first! > 130 && first! < 200);
    }),
);

effectTest(
  "chartFigure() has all values in a table, as they are",
  () =>
    Effect.gen(function* () {
      const text = flat(yield* chartFigure(chart()));
      assert.match(text, /5.*NaN.*–.*3\.142/s);
    }),
);

effectTest(
  "chartFigure() says when there are no values",
  () =>
    Effect.gen(function* () {
      const series = [{ name: "training", values: [NaN] }];
      const text = flat(yield* chartFigure(chart({ series })));
      assert.match(text, /No values yet/);
      assert.doesNotMatch(text, /<table/);
    }),
);

Deno.test("chartName() tells title, x, beginnings and ends", () => {
  assert.equal(
    chartName(chart({
      series: [
        { name: "training", values: [5.21, 4, 3.14159] },
        { name: "test", values: [] },
        { name: "once", values: [undefined, 7] },
      ],
      reference: { name: "ln k", value: 5.3 },
    })),
    "Loss, epoch 1 to 4: training from 5.21 to 3.142; " +
      "test has no values; once 7; ln k: 5.3",
  );
});
