/**
 * One fresh process of a comparison: makes one work ready, runs it a few times
 * and prints the median time as JSON.
 *
 * It is copied beside the code of both sides, so that the same program measures
 * them: only the libs differ.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { median } from "../measure/statistics.ts";
import { openBench } from "../measure/work.ts";
import { secondsOf } from "../measure/yardstick.ts";
import { compared, type Trial } from "./works.ts";

const [name, runs] = [Deno.args[0]!, Number(Deno.args[1])];
const work = compared.find((work) => work.name === name)!;
const bench = openBench(availableParallelism());
const ready = await bench.open(work);
const seconds: number[] = [];
while (seconds.length < runs) seconds.push(await secondsOf(ready));
const value = await ready.run();
const trial: Trial = { seconds: median(seconds), value };
console.log(JSON.stringify(trial));
Deno.exit(0);
