/**
 * Is this code faster or slower than another revision?
 * `deno task bench:compare REV [filter]`.
 *
 * `--rounds N` pairs of processes (7), `--fail-over PERCENT` ends with 1 when
 * anything is slower by more than that for certain; nothing else does.
 * `--out FILE` writes the times as JSON.
 *
 * @module
 */
import { parseArgs } from "node:util";
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

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "7" },
    "fail-over": { type: "string" },
    out: { type: "string" },
  },
});
const [revision, ...words] = positionals;
const works = compared.filter(({ name }) => name.includes(words.join(" ")));
if (revision === undefined || works.length === 0) {
  console.error(
    "Cannot compare as there must be a revision, and a filter must be part " +
      `of a name: ${compared.map(({ name }) => name).join(", ")}`,
  );
  Deno.exit(1);
}
/** Runs of one process, the median of which counts. */
const runs = "5";
const tolerance = Number(values["fail-over"] ?? 3) / 100;

const comparisons = await withRevision(revision, async (base) => {
  const folders = { base, head: root };
  const run: Run = async (side, work) => {
    const trial = ["run", "-A", "benchmarks/compare/trial.ts", work, runs];
    return JSON.parse(await command(Deno.execPath(), trial, folders[side]));
  };
  const found: Comparison[] = [];
  for (const { name } of works) {
    console.error(`${name} …`);
    found.push(await compare(name, Number(values.rounds), run));
  }
  return found;
});
console.log(comparisonTable(comparisons, tolerance));
if (values.out !== undefined) {
  await writeResults(values.out, origin(), { revision, comparisons });
}
const slower = comparisons.filter((found) => regressed(found, tolerance));
if (values["fail-over"] !== undefined && slower.length > 0) Deno.exitCode = 1;
