/**
 * Our side as a process of its own, so that a driver that ends it takes nothing
 * else along. It answers requests, one line of JSON each; `torch_baseline.py`
 * speaks the same:
 *
 * - at the start `{"versions": {...}}`, or `{"missing": "why"}`;
 * - `{"open": spec}`: `{"values": [...], "bytes": {"up", "down"}}`;
 * - `{"run": count}`: `{"seconds": [...]}`, of a step or pass in each run;
 * - `{"memory": true}`: `{"memoryBytes"}`, the peak of the process;
 * - any of them: `{"failed": "why"}`.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { Backend, layerBackend } from "@deepcluster/gpu-backend";
import { Effect, Exit, Layer, ManagedRuntime, Scope } from "effect";
import { parseArgs } from "node:util";
import type { Spec } from "./spec.ts";
import { textLines } from "./text_lines.ts";
import { type OpenWorkload, openWorkload } from "./workloads.ts";

const { values: { engine, provider, software, profile } } = parseArgs({
  args: Deno.args,
  options: {
    engine: { type: "string" },
    provider: { type: "string" },
    software: { type: "boolean" },
    profile: { type: "string" },
  },
});

const runtime = ManagedRuntime.make(
  Assigner.layerBackend.pipe(
    Layer.provideMerge(layerBackend({
      ...engine !== undefined && { engine },
      ...provider !== undefined && { provider },
      ...software !== undefined && { software },
      ...profile !== undefined && { profile },
    })),
    Layer.merge(Progress.layerSilent),
  ),
);

const answer = (values: object) => console.log(JSON.stringify(values));

const scope = Effect.runSync(Scope.make());
let workload: OpenWorkload | undefined;

/** Opens a workload, runs it, or tells the peak resident memory. */
const respond = async (
  request: { readonly open?: Spec; readonly run?: number },
): Promise<object> => {
  if (request.open !== undefined) {
    workload = await runtime.runPromise(
      Scope.provide(openWorkload(request.open), scope),
    );
    const { values, bytes } = workload;
    return { values, bytes };
  }
  if (request.run === undefined) return { memoryBytes: peakBytes() };
  const seconds: number[] = [];
  for (let i = 0; i < request.run; i++) {
    const started = performance.now();
    await runtime.runPromise(workload!.run);
    const took = (performance.now() - started) / 1000;
    seconds.push(took / (workload!.unitsPerRun ?? 1));
  }
  return { seconds };
};

/** Peak resident memory of the process. */
const peakBytes = (): number => {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
};

const identity = await runtime.runPromise(
  Effect.map(Backend, ({ info }) => info.identity),
).catch((error) => ({ missing: error.message as string }));
if ("missing" in identity) answer(identity);
else {
  const { version, threads } = identity;
  answer({ versions: { engine: version, threads, deno: Deno.version.deno } });
  for await (const line of textLines(Deno.stdin.readable)) {
    answer(
      await respond(JSON.parse(line)).catch(({ message }) => ({
        failed: message,
      })),
    );
  }
}
await Effect.runPromise(Scope.close(scope, Exit.void));
await runtime.dispose().catch(() => {});
