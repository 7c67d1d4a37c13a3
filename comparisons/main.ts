/**
 * Our code against other libraries: `deno task compare:baselines [filter]`.
 *
 * Rows `growth …` measure how the cost of our code grows. Ends with exit code 1
 * if the results of a baseline differ from ours.
 *
 * @module
 */
import {
  commandLine,
  countOf,
  oneOf,
  origin,
  refuse,
  requireResultsPath,
  resultsPath,
  writeResults,
} from "@deepcluster/benchmarks/measure";
import { availableParallelism } from "node:os";
import { compareRow, type RowResult } from "./compare.ts";
import { comparisonTable } from "./comparison_table.ts";
import { type Growth, growthRows, growthTable } from "./growth.ts";
import { clusteringRows } from "./rows/clustering.ts";
import { epochRows } from "./rows/epoch.ts";
import { networkRows } from "./rows/networks.ts";
import { searchRows } from "./rows/search.ts";

const usage = `deno task compare:baselines [filter]

  filter            part of a row's name. Default: all rows
  --repeats N       timed runs of each process. Default: the row's
  --threads N       threads of each process. Default: all cores
  --memory HOW      kept: freed memory stays with the process. Default.
                    returned: the C library returns it to the system
  --isa SET         native: every library chooses its kernels. Default.
                    avx2: AVX-512 and AVX-VNNI are hidden from all of them
  --out FILE        results file. Default: a new one in comparisons/results`;

const { values, words } = commandLine(usage, {
  repeats: undefined,
  threads: String(availableParallelism()),
  memory: "kept",
  isa: "native",
  out: undefined,
});
const filter = words.join(" ");
const threads = countOf("threads", values.threads!);
const memory = oneOf("memory", values.memory!, ["kept", "returned"]);
const isa = oneOf("isa", values.isa!, ["native", "avx2"]);
const conditions = { threads, memory, isa };
const repeats = values.repeats === undefined
  ? undefined
  : countOf("repeats", values.repeats);
const matching = <A extends { readonly name: string }>(rows: readonly A[]) =>
  rows.filter(({ name }) => name.includes(filter));
const baselineRows = matching([
  ...networkRows,
  ...clusteringRows,
  ...searchRows,
  ...epochRows,
]);
const growing = matching(growthRows);
if (baselineRows.length + growing.length === 0) {
  refuse(`No row has this in its name: ${filter}`);
}
await requireResultsPath(values.out);

/** Prints how long a row took. */
const timed = async <A>(name: string, run: () => Promise<A>): Promise<A> => {
  const started = performance.now();
  const result = await run();
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.error(`${name}: ${seconds} s in all`);
  return result;
};

const rows: RowResult[] = [];
for (const row of baselineRows) {
  const result = await timed(
    row.name,
    () => compareRow(row, conditions, repeats),
  );
  console.log(`${comparisonTable(result)}\n`);
  rows.push(result);
}
const growth: Growth[] = [];
for (const { name, measure } of growing) {
  const result = await timed(name, () => measure(conditions, repeats));
  console.log(`${growthTable(result)}\n`);
  growth.push(result);
}
const from = origin();
const described = isa === "native" ? filter : `${filter} ${isa}`;
const path = values.out ?? resultsPath("comparisons", from, described);
await writeResults(path, from, { ...conditions, rows, growth });
console.error(`Wrote ${path}`);
const differing = rows.flatMap(({ row, results }) =>
  results.filter(({ disagreement }) => disagreement > 1)
    .map(({ name, values }) => `${row}: ${name} has ${values.join(", ")}`)
);
for (const line of differing) console.error(`Cannot compare times of ${line}`);
if (differing.length > 0) Deno.exitCode = 1;
