/**
 * The same work by us and by others: `deno task bench:peers [filter]`.
 *
 * `--repeats N` instead of each row's own, `--threads N` instead of all cores,
 * `--memory returned` for the C library's own way with memory (see side.ts),
 * `--out FILE` instead of a file below `benchmarks/results`. Rows `growth …`
 * measure how our cost grows. It ends with 1 when results differ.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { origin } from "../measure/machine.ts";
import { resultsPath, writeResults } from "../measure/results.ts";
import { type Growth, growths, growthTable } from "./growth.ts";
import { type Match, play } from "./match.ts";
import { matchTable } from "./match_table.ts";
import { clusteringRows } from "./rows/clustering.ts";
import { epochRow } from "./rows/epoch.ts";
import { networkRows } from "./rows/networks.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    repeats: { type: "string" },
    threads: { type: "string", default: String(availableParallelism()) },
    memory: { type: "string", default: "kept" },
    out: { type: "string" },
  },
});
const filter = positionals.join(" ");
const threads = Number(values.threads);
const { memory } = values;
if (memory !== "kept" && memory !== "returned") {
  console.error(
    `Cannot compare as --memory must be kept or returned: ${memory}`,
  );
  Deno.exit(1);
}
const repeats = values.repeats === undefined
  ? undefined
  : Number(values.repeats);
const named = <A extends { readonly name: string }>(all: readonly A[]) =>
  all.filter(({ name }) => name.includes(filter));
const rows = named([...networkRows, ...clusteringRows, epochRow]);
const growing = named(growths);
if (rows.length + growing.length === 0) {
  console.error(`Cannot compare as no row is named so: ${filter}`);
  Deno.exit(1);
}

/** Says how long a row took, which nobody wants to guess. */
const told = async <A>(name: string, work: () => Promise<A>): Promise<A> => {
  const started = performance.now();
  const found = await work();
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.error(`${name}: ${seconds} s in all`);
  return found;
};

const matches: Match[] = [];
for (const row of rows) {
  const match = await told(
    row.name,
    () => play(row, { threads, memory }, repeats),
  );
  console.log(`${matchTable(match)}\n`);
  matches.push(match);
}
const growth: Growth[] = [];
for (const { name, measure } of growing) {
  const found = await told(name, () => measure(threads, repeats));
  console.log(`${growthTable(found)}\n`);
  growth.push(found);
}
const from = origin();
const path = values.out ?? resultsPath("peers", from, filter);
await writeResults(path, from, { threads, memory, matches, growth });
console.error(`Wrote ${path}`);
const differ = matches.flatMap(({ row, results }) =>
  results.filter(({ disagreement }) => disagreement > 1)
    .map(({ name, values }) => `${row}: ${name} has ${values.join(", ")}`)
);
for (const line of differ) console.error(`Cannot compare times of ${line}`);
if (differ.length > 0) Deno.exitCode = 1;
