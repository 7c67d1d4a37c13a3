/**
 * Fails when forward pass, training step or k-means have become slower:
 * `deno task bench:guard [filter]`.
 *
 * `--write` measures three times and writes new floors instead: after a change
 * that made something faster, so that nobody loses it again.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { origin } from "../measure/machine.ts";
import { writeResults } from "../measure/results.ts";
import { openBench } from "../measure/work.ts";
import { type Floor, floorOf, floorsFrom, floorsTable } from "./floors.ts";
import { guard, guarded, type Measure } from "./guard.ts";
import { shareOf } from "./shares.ts";

const file = new URL("floors.json", import.meta.url);
const write = Deno.args.includes("--write");
const filter = Deno.args.filter((arg) => arg !== "--write").join(" ");
const works = guarded.filter(({ name }) => name.includes(filter));
if (works.length === 0) {
  console.error(`Cannot guard as no work is named so: ${filter}`);
  Deno.exit(1);
}
const [rounds, repetitions] = [5, 3];

const bench = openBench(availableParallelism());
const measure: Measure = async (work) => {
  const { median } = await shareOf(work, bench.open, rounds);
  return median;
};

const started = performance.now();
const floors = floorsFrom(await Deno.readTextFile(file));
if (write) {
  const written: Record<string, Floor> = { ...floors };
  for (const work of works) {
    const shares: number[] = [];
    while (shares.length < repetitions) shares.push(await measure(work));
    written[work.name] = floorOf(shares);
  }
  const engine = (await bench.info()).version;
  await writeResults(file.pathname, origin({ engine }), { floors: written });
  console.log(floorsTable(
    works.map(({ name }) => ({ name, share: written[name]!.share })),
    written,
  ));
} else {
  const { findings, failed } = await guard(works, floors, measure);
  console.log(floorsTable(findings, floors));
  for (const { name } of failed) {
    console.error(
      `Cannot pass as ${name} must not be slower than its floor in ` +
        `benchmarks/guard/floors.json, twice in a row`,
    );
  }
  Deno.exitCode = failed.length > 0 ? 1 : 0;
}
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.error(`guard: ${works.length} works in ${seconds} s`);
await bench.close();
