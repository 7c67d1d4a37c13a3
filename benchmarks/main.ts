/**
 * The benchmarks, with mitata under Bun: `deno task bench [filter]`.
 *
 * Prints mitata's tables, then rates relative to the reference GEMM, and writes
 * both as JSON: `--out FILE`, or in `benchmarks/results`. `--threads N` sets the
 * number of threads. Heavy benchmarks run only if the filter, a part of their
 * name, is given.
 *
 * @module
 */
import { run } from "mitata";
import {
  engineVersion,
  options,
  referenceRates,
  workloads,
} from "./measure/bench.ts";
import { origin } from "./measure/machine.ts";
import {
  requireResultsPath,
  resultsPath,
  writeResults,
} from "./measure/results.ts";
import { quantile } from "./measure/statistics.ts";
import { digits, showPercent, showSeconds, table } from "./measure/table.ts";
import process from "node:process";
import "./gpu-backend/reference_gemm.bench.ts";
import "./clustering/assign.bench.ts";
import "./clustering/kmeans.bench.ts";
import "./clustering/whiten.bench.ts";
import "./retrieval/search.bench.ts";
import "./models/forward.bench.ts";
import "./models/training_step.bench.ts";
import "./data/images.bench.ts";
import "./checkpoint/checkpoint.bench.ts";

if (workloads.size === 0) {
  console.error(
    `Cannot measure as no benchmark has this in its name: ${options.filter}`,
  );
  process.exit(1);
}
await requireResultsPath(options.out);
const { benchmarks } = await run({ throw: true });
const rows = benchmarks.flatMap(({ runs }) => runs).map(({ name, stats }) => {
  const seconds = stats!.samples.map((nanoseconds) => nanoseconds / 1e9);
  const median = quantile(seconds, 0.5);
  const operations = workloads.get(name)?.operations ?? 0;
  const rate = operations / median;
  const referenceRate = referenceRates.get(name);
  return {
    name,
    medianSeconds: median,
    quartileSeconds: [quantile(seconds, 0.25), quantile(seconds, 0.75)],
    samples: seconds.length,
    ...operations > 0 && referenceRate !== undefined && {
      operations,
      operationsPerSecond: rate,
      referenceGemmPerSecond: referenceRate,
      relativeRate: rate / referenceRate,
    },
  };
});
console.log(`\n${
  table(
    ["workload", "median", "GFLOP/s", "relative to the reference GEMM"],
    rows.map((row) => [
      row.name,
      showSeconds(row.medianSeconds),
      row.operationsPerSecond ? digits(row.operationsPerSecond / 1e9) : "",
      row.relativeRate ? showPercent(row.relativeRate) : "",
    ]),
  )
}`);
const from = origin({ engine: await engineVersion() });
const path = options.out || resultsPath("benchmarks", from, options.filter);
const { threads } = options;
await writeResults(path, from, { threads, benchmarks: rows });
console.error(`Wrote ${path}`);
process.exit(0);
