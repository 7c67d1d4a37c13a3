/**
 * Our code as a process of the comparison, with the protocol of
 * `baselines/python/baseline.py`. It uses exports of the libs only.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { Backend, layerBackend } from "@deepcluster/gpu-backend";
import { Effect, Exit, Layer, ManagedRuntime, Scope } from "effect";
import type { Spec } from "../specs.ts";
import { loadedKernels } from "../without_avx512.ts";
import { clusteringWorkload, whiteningWorkload } from "./clustering.ts";
import { epochWorkload } from "./epoch.ts";
import { forwardWorkload, stepWorkload } from "./networks.ts";
import { searchWorkload } from "./search.ts";
import { TextLineStream } from "./text_lines.ts";
import type { OurWorkload } from "./workload.ts";

const threads = Number(Deno.args[0]);
const runtime = ManagedRuntime.make(
  Assigner.layerBackend.pipe(
    Layer.provideMerge(layerBackend({ threads })),
    Layer.merge(Progress.layerSilent),
  ),
);

const workloadOf = (spec: Spec): OurWorkload => {
  switch (spec.kind) {
    case "forward":
      return forwardWorkload(spec);
    case "step":
      return stepWorkload(spec);
    case "kmeans":
      return clusteringWorkload(spec);
    case "whiten":
      return whiteningWorkload(spec);
    case "search":
      return searchWorkload(spec);
    case "epoch":
      return epochWorkload(spec, threads);
  }
};

const answer = (values: object) => console.log(JSON.stringify(values));

const { version } = await runtime.runPromise(
  Effect.map(Backend, ({ info }) => info.identity),
);
answer({
  versions: { deno: Deno.version.deno, engine: version },
  kernels: { "ONNX Runtime": loadedKernels() },
});
const scope = await runtime.runPromise(Scope.make());
let run: Effect.Effect<() => readonly number[], unknown, never> | undefined;
const lines = Deno.stdin.readable
  .pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) {
  const request = JSON.parse(line);
  if (request.open !== undefined) {
    const prepared = await runtime.runPromise(
      Scope.provide(workloadOf(request.open), scope),
    );
    run = prepared.run as typeof run;
    answer({ values: prepared.checked });
  } else if (request.run !== undefined) {
    const started = performance.now();
    const values = await runtime.runPromise(run!);
    const seconds = (performance.now() - started) / 1000;
    // Values to compare are computed after the timed run.
    answer({ seconds, values: values() });
  } else answer({ bytes: peakBytes() });
}
await runtime.runPromise(Scope.close(scope, Exit.void));
await runtime.dispose();

/** Peak resident memory, from the same source as in the baselines. */
function peakBytes(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
}
