/**
 * Our code as a process of the comparison, with the protocol of
 * `baselines/python/baseline.py`. It uses exports of the libs only.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { loadModule, Progress } from "@deepcluster/core";
import { Backend, layerBackend } from "@deepcluster/gpu-backend";
import { Effect, Exit, Layer, ManagedRuntime, Scope } from "effect";
import type { Spec } from "../specs.ts";
import { loadedKernels } from "../avx2_library.ts";
import { TextLineStream } from "./text_lines.ts";

const threads = Number(Deno.args[0]);
const runtime = ManagedRuntime.make(
  Assigner.layerBackend.pipe(
    Layer.provideMerge(layerBackend({ threads })),
    Layer.merge(Progress.layerSilent),
  ),
);

/** Loads what the workload needs only, as a user's program would. */
const load = <Module>(file: string) =>
  loadModule<Module>(new URL(file, import.meta.url));

const workloadOf = Effect.fnUntraced(function* (spec: Spec) {
  switch (spec.kind) {
    case "forward":
    case "step": {
      const networks = yield* load<typeof import("./networks.ts")>(
        "./networks.ts",
      );
      return yield* spec.kind === "forward"
        ? networks.forwardWorkload(spec)
        : networks.stepWorkload(spec);
    }
    case "kmeans":
    case "whiten": {
      const clustering = yield* load<typeof import("./clustering.ts")>(
        "./clustering.ts",
      );
      return yield* spec.kind === "kmeans"
        ? clustering.clusteringWorkload(spec)
        : clustering.whiteningWorkload(spec);
    }
    case "search": {
      const search = yield* load<typeof import("./search.ts")>("./search.ts");
      return yield* search.searchWorkload(spec);
    }
    case "epoch": {
      const epoch = yield* load<typeof import("./epoch.ts")>("./epoch.ts");
      return yield* epoch.epochWorkload(spec, threads);
    }
  }
});

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
