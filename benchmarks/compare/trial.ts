/**
 * One fresh process of a comparison: prepares one workload, runs it a few times
 * and prints the median time as JSON.
 *
 * It is copied beside the libs of both revisions, so that the same program
 * measures both.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { secondsOf } from "../measure/reference_gemm.ts";
import { median } from "../measure/statistics.ts";
import { openEngine } from "../measure/workload.ts";
import { compared, type Trial } from "./workloads.ts";

const [name, runs] = [Deno.args[0]!, Number(Deno.args[1])];
const workload = compared.find((workload) => workload.name === name)!;
const engine = openEngine(availableParallelism());
const opened = await engine.open(workload);
const seconds: number[] = [];
while (seconds.length < runs) seconds.push(await secondsOf(opened));
const value = await opened.run();
const trial: Trial = { seconds: median(seconds), value };
console.log(JSON.stringify(trial));
Deno.exit(0);
