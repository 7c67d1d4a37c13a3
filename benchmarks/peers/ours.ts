/**
 * Our side as a child process: the protocol of `python/peer.py`, the work done
 * by the exports of the libs.
 *
 * @module
 */
import { Effect, Exit, ManagedRuntime, Scope } from "effect";
import { TextLineStream } from "./text_lines.ts";
import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { Backend, layerBackend } from "@deepcluster/gpu-backend";
import { Layer } from "effect";
import { clusteringWork, whiteningWork } from "./ours_clustering.ts";
import { epochWork } from "./ours_epoch.ts";
import { forwardWork, stepWork } from "./ours_networks.ts";
import type { Spec } from "./specs.ts";
import type { PeerWork } from "./peer_work.ts";

const threads = Number(Deno.args[0]);
const runtime = ManagedRuntime.make(
  Assigner.layerBackend.pipe(
    Layer.provideMerge(layerBackend({ threads })),
    Layer.merge(Progress.layerSilent),
  ),
);

const workOf = (spec: Spec): PeerWork => {
  switch (spec.kind) {
    case "forward":
      return forwardWork(spec);
    case "step":
      return stepWork(spec);
    case "kmeans":
      return clusteringWork(spec);
    case "whiten":
      return whiteningWork(spec);
    case "epoch":
      return epochWork(spec, threads);
  }
};

const answer = (values: object) => console.log(JSON.stringify(values));

const { version } = await runtime.runPromise(
  Effect.map(Backend, ({ info }) => info.identity),
);
answer({ versions: { deno: Deno.version.deno, engine: version } });
const scope = await runtime.runPromise(Scope.make());
let run: Effect.Effect<readonly number[], unknown, never> | undefined;
const lines = Deno.stdin.readable
  .pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) {
  const request = JSON.parse(line);
  if (request.open !== undefined) {
    const ready = await runtime.runPromise(
      Scope.provide(workOf(request.open), scope),
    );
    run = ready.run as typeof run;
    answer({ values: ready.checked });
  } else if (request.run !== undefined) {
    const started = performance.now();
    const values = await runtime.runPromise(run!);
    answer({ seconds: (performance.now() - started) / 1000, values });
  } else answer({ bytes: peakBytes() });
}
await runtime.runPromise(Scope.close(scope, Exit.void));
await runtime.dispose();

/** Largest resident size: from where the other sides have it. */
function peakBytes(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
}
