/**
 * The benchmarks, with mitata under Bun: `deno task bench [filter]`.
 *
 * Prints mitata's tables, then rates as shares of the yardstick, and writes
 * both as JSON: `--out FILE`, or below `benchmarks/results`. `--threads N`
 * takes other threads than all. Heavy benchmarks run only when the filter, a
 * part of their name, asks for them.
 *
 * @module
 */
import { run } from "mitata";
import process from "node:process";
import "./gpu-backend/yardstick.bench.ts";
import "./clustering/assign.bench.ts";
import "./clustering/kmeans.bench.ts";
import "./clustering/whiten.bench.ts";
import "./models/forward.bench.ts";
import "./models/training_step.bench.ts";
import "./data/images.bench.ts";
import "./checkpoint/checkpoint.bench.ts";
import { asked, engineVersion, works, yardsticks } from "./measure/bench.ts";
import { origin } from "./measure/machine.ts";
import { resultsPath, writeResults } from "./measure/results.ts";
import { quantile } from "./measure/statistics.ts";
import { digits, showSeconds, showShare, table } from "./measure/table.ts";

if (works.size === 0) {
  console.error(`Cannot measure as no benchmark is named so: ${asked.filter}`);
  process.exit(1);
}
const { benchmarks } = await run({ throw: true });
const rows = benchmarks.flatMap(({ runs }) => runs).map(({ name, stats }) => {
  const seconds = stats!.samples.map((nanoseconds) => nanoseconds / 1e9);
  const median = quantile(seconds, 0.5);
  const operations = works.get(name)?.operations ?? 0;
  const rate = operations / median;
  const beside = yardsticks.get(name);
  return {
    name,
    medianSeconds: median,
    quartileSeconds: [quantile(seconds, 0.25), quantile(seconds, 0.75)],
    samples: seconds.length,
    ...operations > 0 && beside !== undefined && {
      operations,
      operationsPerSecond: rate,
      yardstickPerSecond: beside,
      shareOfYardstick: rate / beside,
    },
  };
});
console.log(`\n${
  table(
    ["work", "median", "GFLOP/s", "of the yardstick"],
    rows.map((row) => [
      row.name,
      showSeconds(row.medianSeconds),
      row.operationsPerSecond ? digits(row.operationsPerSecond / 1e9) : "",
      row.shareOfYardstick ? showShare(row.shareOfYardstick) : "",
    ]),
  )
}`);
const from = origin({ engine: await engineVersion() });
const path = asked.out || resultsPath("bench", from, asked.filter);
await writeResults(path, from, { threads: asked.threads, benchmarks: rows });
console.error(`Wrote ${path}`);
process.exit(0);
