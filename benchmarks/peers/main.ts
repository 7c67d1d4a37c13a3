/**
 * The same work by us and by others: `deno task bench:peers [filter]`.
 *
 * `--memory returned` is explained in side.ts. Rows `growth …` measure how our
 * cost grows. It ends with 1 when results differ.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { commandLine, countOf, refuse } from "../measure/command_line.ts";
import { origin } from "../measure/machine.ts";
import { resultsPath, writeResults } from "../measure/results.ts";
import { type Growth, growths, growthTable } from "./growth.ts";
import { type Match, play } from "./match.ts";
import { matchTable } from "./match_table.ts";
import { clusteringRows } from "./rows/clustering.ts";
import { epochRow } from "./rows/epoch.ts";
import { networkRows } from "./rows/networks.ts";

const usage = `deno task bench:peers [filter]

  filter            part of a row's name; all rows without
  --repeats N       times that each side works, instead of the row's own
  --threads N       of each side, instead of all cores
  --memory HOW      kept, or returned: the C library's own way
  --out FILE        instead of a file below benchmarks/results`;

const { values, words } = commandLine(usage, {
  repeats: undefined,
  threads: String(availableParallelism()),
  memory: "kept",
  out: undefined,
});
const filter = words.join(" ");
const threads = countOf("threads", values.threads!);
const memory = values.memory === "kept" || values.memory === "returned"
  ? values.memory
  : refuse(`--memory must be kept or returned: ${values.memory}`);
const repeats = values.repeats === undefined
  ? undefined
  : countOf("repeats", values.repeats);
const named = <A extends { readonly name: string }>(all: readonly A[]) =>
  all.filter(({ name }) => name.includes(filter));
const rows = named([...networkRows, ...clusteringRows, epochRow]);
const growing = named(growths);
if (rows.length + growing.length === 0) {
  refuse(`No row is named so: ${filter}`);
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
