/**
 * Is this code faster or slower than another revision?
 * `deno task bench:compare REV [filter]`.
 *
 * Ends with exit code 1 only if `--fail-over PERCENT` is given and a workload is
 * significantly slower.
 *
 * @module
 */
import { commandLine, countOf, refuse } from "../measure/command_line.ts";
import { origin, root } from "../measure/machine.ts";
import { requireResultsPath, writeResults } from "../measure/results.ts";
import {
  compare,
  type Comparison,
  comparisonTable,
  regressed,
  type Run,
} from "./comparison.ts";
import { command, withRevision } from "./revision.ts";
import { compared } from "./workloads.ts";

const usage = `deno task bench:compare REV [filter]

  REV               a revision that git knows
  filter            part of a workload's name. Default: all of NAMES
  --rounds N        pairs of processes. Default: 7
  --fail-over PERCENT  exit code 1 if a workload is significantly slower by more
  --out FILE        writes the times as JSON`
  .replace("NAMES", compared.map(({ name }) => name).join(", "));

const { values, words } = commandLine(usage, {
  rounds: "7",
  "fail-over": undefined,
  out: undefined,
});
const revision = words[0] ?? refuse(`A revision is missing\n${usage}`);
const filter = words.slice(1).join(" ");
const workloads = compared.filter(({ name }) => name.includes(filter));
if (workloads.length === 0) {
  refuse(`No workload has this in its name: ${filter}`);
}
await requireResultsPath(values.out);
const rounds = countOf("rounds", values.rounds!);
/** Runs of one process, the median of which counts. */
const runs = "5";
const tolerance = Number(values["fail-over"] ?? 3) / 100;

const comparisons = await withRevision(revision, async (base) => {
  const folders = { base, head: root };
  const run: Run = (which, workload) => {
    const trial = ["run", "-A", "benchmarks/compare/trial.ts", workload, runs];
    return command(Deno.execPath(), trial, folders[which]).then(
      JSON.parse,
      ({ message }: Error) => {
        const code = which === "base" ? `the libs of ${revision}` : "this code";
        throw new Error(
          `Cannot measure "${workload}" with ${code}: ${message}`,
        );
      },
    );
  };
  const comparisons: Comparison[] = [];
  for (const { name } of workloads) {
    console.error(`${name} …`);
    comparisons.push(await compare(name, rounds, run));
  }
  return comparisons;
});
console.log(comparisonTable(comparisons, tolerance));
if (values.out !== undefined) {
  await writeResults(values.out, origin(), { revision, comparisons });
}
const slower = comparisons.filter((each) => regressed(each, tolerance));
if (values["fail-over"] !== undefined && slower.length > 0) Deno.exitCode = 1;
