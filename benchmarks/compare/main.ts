/**
 * Is this code faster or slower than another revision?
 * `deno task bench:compare REV [filter]`.
 *
 * Only with `--fail-over PERCENT` does it end with 1 when something is slower.
 *
 * @module
 */
import { commandLine, countOf, refuse } from "../measure/command_line.ts";
import { origin, root } from "../measure/machine.ts";
import { writeResults } from "../measure/results.ts";
import {
  compare,
  type Comparison,
  comparisonTable,
  regressed,
  type Run,
} from "./comparison.ts";
import { command, withRevision } from "./revision.ts";
import { compared } from "./works.ts";

const usage = `deno task bench:compare REV [filter]

  REV               a revision that git knows
  filter            part of a name; all without: NAMES
  --rounds N        pairs of processes, 7
  --fail-over PERCENT  ends with 1 when anything is slower by more for certain
  --out FILE        writes the times as JSON`
  .replace("NAMES", compared.map(({ name }) => name).join(", "));

const { values, words } = commandLine(usage, {
  rounds: "7",
  "fail-over": undefined,
  out: undefined,
});
const revision = words[0] ?? refuse(`A revision is missing\n${usage}`);
const filter = words.slice(1).join(" ");
const works = compared.filter(({ name }) => name.includes(filter));
if (works.length === 0) refuse(`No work is named so: ${filter}`);
const rounds = countOf("rounds", values.rounds!);
/** Runs of one process, the median of which counts. */
const runs = "5";
const tolerance = Number(values["fail-over"] ?? 3) / 100;

const comparisons = await withRevision(revision, async (base) => {
  const folders = { base, head: root };
  const run: Run = (side, work) => {
    const trial = ["run", "-A", "benchmarks/compare/trial.ts", work, runs];
    return command(Deno.execPath(), trial, folders[side]).then(
      JSON.parse,
      ({ message }: Error) => {
        const code = side === "base" ? `the libs of ${revision}` : "this code";
        throw new Error(`Cannot measure "${work}" with ${code}: ${message}`);
      },
    );
  };
  const found: Comparison[] = [];
  for (const { name } of works) {
    console.error(`${name} …`);
    found.push(await compare(name, rounds, run));
  }
  return found;
});
console.log(comparisonTable(comparisons, tolerance));
if (values.out !== undefined) {
  await writeResults(values.out, origin(), { revision, comparisons });
}
const slower = comparisons.filter((found) => regressed(found, tolerance));
if (values["fail-over"] !== undefined && slower.length > 0) Deno.exitCode = 1;
