import { small } from "@deepcluster/models";
import { Effect } from "effect";
import { openEngine, type Workload } from "../measure/workload.ts";
import { forward } from "../workloads/networks.ts";
import { guard, guarded } from "./guard.ts";
import { relativeRateOf } from "./relative_rates.ts";
import {
  belowThreshold,
  kindOf,
  parseThresholds,
  thresholdOf,
  thresholdsFor,
  thresholdsTable,
} from "./thresholds.ts";
import assert from "node:assert/strict";

/** Runs the workload several times as if it were once: a planted slow-down. */
const slowed = (workload: Workload, times: number): Workload => ({
  ...workload,
  prepare: Effect.map(workload.prepare, ({ run }) => ({
    run: Effect.map(
      Effect.forEach(Array.from({ length: times }), () => run),
      (results) => results[0]!,
    ),
  })),
});

const network = Effect.runSync(
  small({ sobel: true, channels: [16, 32], units: [64] }),
);
const workload = forward(network, 32);
const threshold = (relativeRate: number) => thresholdOf([relativeRate]);

Deno.test("guard() fails when a slow-down is planted, and only then", async () => {
  const engine = openEngine(1);
  const measure = async (measured: Workload) =>
    (await relativeRateOf(measured, engine.open, 5, workload)).median;
  const thresholds = { [workload.name]: { ...threshold(1), threshold: 0.6 } };
  const unchanged = await guard([workload], thresholds, measure);
  assert.deepEqual(unchanged.failed, []);
  const { failed } = await guard([slowed(workload, 3)], thresholds, measure);
  assert.equal(failed.length, 1);
  assert.ok(failed[0]!.relativeRate < 0.6, `${failed[0]!.relativeRate}`);
  await engine.close();
});

Deno.test("guard() measures a failing workload once more and takes the better", async () => {
  const relativeRates = [0.2, 0.9];
  const { measurements, failed } = await guard(
    [workload],
    { [workload.name]: threshold(1) },
    () => Promise.resolve(relativeRates.shift()!),
  );
  assert.deepEqual(measurements, [{ name: workload.name, relativeRate: 0.9 }]);
  assert.deepEqual(failed, []);
});

Deno.test("guard() fails when both measurements do, with the better one", async () => {
  const relativeRates = [0.3, 0.2];
  const { failed } = await guard(
    [workload],
    { [workload.name]: threshold(1) },
    () => Promise.resolve(relativeRates.shift()!),
  );
  assert.deepEqual(failed, [{ name: workload.name, relativeRate: 0.3 }]);
});

Deno.test("thresholdOf() leaves 35 %, and more where the rates scattered more", () => {
  const rounded = (relativeRates: readonly number[]) =>
    thresholdOf(relativeRates).threshold.toFixed(4);
  assert.equal(rounded([0.8]), "0.5200");
  assert.equal(rounded([0.8, 0.82, 0.6]), "0.4000");
  assert.equal(rounded([0.8, 0.79, 0.82]), "0.5200");
});

Deno.test("belowThreshold() includes workloads without a threshold", () =>
  assert.deepEqual(
    belowThreshold([
      { name: "new", relativeRate: 0.9 },
      { name: "old", relativeRate: 0.9 },
    ], { old: threshold(0.9) }),
    [{ name: "new", relativeRate: 0.9 }],
  ));

Deno.test("thresholdsTable() says which are slower and by how much", () => {
  const lines = thresholdsTable([{ name: "step", relativeRate: 0.4 }], {
    step: threshold(0.8),
  });
  assert.match(
    lines,
    /\| step +\| +40\.0 % \| +52\.0 % \| 80\.0 % \| SLOWER by 50\.0 % \|/,
  );
});

Deno.test("parseThresholds() refuses a file of another form", () =>
  assert.throws(() =>
    parseThresholds('{"kinds": {"8": {"step": {"relativeRate": 1}}}}')
  ));

Deno.test("thresholdsFor() takes those of the family, and the lowest where it was not measured", () => {
  const [low, high] = [threshold(0.4), threshold(0.8)];
  const kinds = {
    [kindOf("old", 8)]: { step: low, search: high },
    [kindOf("new", 8)]: { step: high, search: low },
    [kindOf("new", 7)]: { step: threshold(0.1), search: threshold(0.1) },
  };
  assert.deepEqual(thresholdsFor(kinds, "new", 8), kinds[kindOf("new", 8)]);
  assert.deepEqual(thresholdsFor(kinds, "newest", 8), {
    step: low,
    search: low,
  });
  assert.deepEqual(thresholdsFor(kinds, "newest", 0), {});
});

Deno.test("Every guarded workload has a threshold for each kind of processor, and no other has", async () => {
  const text = await Deno.readTextFile(
    new URL("thresholds.json", import.meta.url),
  );
  const kinds = parseThresholds(text);
  const measured = ["AuthenticAMD family 25", "AuthenticAMD family 26"];
  assert.deepEqual(
    Object.keys(kinds).sort(),
    measured.flatMap((family) => [kindOf(family, 7), kindOf(family, 8)]),
  );
  for (const thresholds of Object.values(kinds)) {
    assert.deepEqual(
      Object.keys(thresholds).sort(),
      guarded.map(({ name }) => name).sort(),
    );
  }
});
