/**
 * Fails if forward pass, training step or k-means have become slower:
 * `deno task bench:guard [filter]`.
 *
 * `--write` measures three times and writes new thresholds instead: after a
 * change that made something faster.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { origin, processor } from "../measure/machine.ts";
import { writeResults } from "../measure/results.ts";
import { openEngine } from "../measure/workload.ts";
import { guard, guarded, type Measure } from "./guard.ts";
import { relativeRateOf } from "./relative_rates.ts";
import {
  kindOf,
  parseThresholds,
  type Threshold,
  thresholdOf,
  thresholdsFor,
  thresholdsTable,
} from "./thresholds.ts";

const file = new URL("thresholds.json", import.meta.url);
const write = Deno.args.includes("--write");
const filter = Deno.args.filter((arg) => arg !== "--write").join(" ");
const workloads = guarded.filter(({ name }) => name.includes(filter));
if (workloads.length === 0) {
  console.error(`Cannot guard as no workload has this in its name: ${filter}`);
  Deno.exit(1);
}
const [rounds, repetitions] = [5, 3];

const engine = openEngine(availableParallelism());
const measure: Measure = async (workload) => {
  const { median } = await relativeRateOf(workload, engine.open, rounds);
  return median;
};

const started = performance.now();
const kinds = parseThresholds(await Deno.readTextFile(file));
const { family } = processor();
const byteProducts = await engine.byteProducts();
const kind = kindOf(family, byteProducts);
const thresholds = thresholdsFor(kinds, family, byteProducts);
if (write) {
  const written: Record<string, Threshold> = { ...kinds[kind] };
  for (const workload of workloads) {
    const relativeRates: number[] = [];
    while (relativeRates.length < repetitions) {
      relativeRates.push(await measure(workload));
    }
    written[workload.name] = thresholdOf(relativeRates);
  }
  const { version } = await engine.info();
  await writeResults(file.pathname, origin({ engine: version }), {
    kinds: { ...kinds, [kind]: written },
  });
  const measurements = workloads.map(({ name }) => ({
    name,
    relativeRate: written[name]!.relativeRate,
  }));
  console.log(thresholdsTable(measurements, written));
} else {
  const { measurements, failed } = await guard(workloads, thresholds, measure);
  console.log(thresholdsTable(measurements, thresholds));
  for (const { name } of failed) {
    console.error(
      `Cannot pass as ${name} must not be slower than its threshold in ` +
        `benchmarks/guard/thresholds.json, twice in a row`,
    );
  }
  Deno.exitCode = failed.length > 0 ? 1 : 0;
}
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.error(`guard: ${workloads.length} workloads, ${kind}, ${seconds} s`);
await engine.close();
