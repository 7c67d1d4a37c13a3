import { Progress } from "@deepcluster/core";
import { Assigner } from "@deepcluster/clustering";
import { layerBackend } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { withCapabilities } from "@deepcluster/test/engines";
import { Effect, Layer } from "effect";
import { networkSpec } from "./spec.ts";
import { openWorkload } from "./workloads.ts";
import assert from "node:assert/strict";

const alexnet = { network: "alexnet", size: 63, width: 1 / 32 } as const;

effectTest(
  "a run of the training workload has as many steps as training makes at once",
  () =>
    Effect.gen(function* () {
      const ofTwoSteps = 2 * 4 * 3 * 63 ** 2 * 4;
      const losses: unknown[] = [];
      for (const [scanBytes, steps] of [[ofTwoSteps - 1, 1], [ofTwoSteps, 2]]) {
        const engine = withCapabilities(layerBackend(), {
          stepsPerScan: 2,
          scanBytes: scanBytes!,
        });
        yield* Effect.gen(function* () {
          const workload = yield* openWorkload({
            kind: "step",
            ...networkSpec(alexnet, 4, 10),
            clusters: 10,
          });
          assert.equal(workload.unitsPerRun, steps);
          yield* workload.run;
          losses.push(workload.values);
        }).pipe(
          Effect.scoped,
          Effect.provide(
            Layer.mergeAll(Assigner.layerReference, Progress.layerSilent).pipe(
              Layer.provideMerge(engine),
            ),
          ),
        );
      }
      assert.deepEqual(losses[0], losses[1]);
    }),
);
