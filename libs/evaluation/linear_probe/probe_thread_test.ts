import { Progress } from "@deepcluster/core";
import { Backend, layerOnnx } from "@deepcluster/gpu-backend";
import { clouds, effectTest } from "@deepcluster/test";
import { Deferred, Effect, Fiber, Layer } from "effect";
import { linearProbe } from "./linear_probe.ts";
import type { ProbeState } from "./probe_state.ts";
import assert from "node:assert/strict";

const onnx = Layer.merge(
  layerOnnx({ provider: "cpu", threads: 2 }),
  Progress.layerSilent,
);

effectTest(
  "linearProbe() in a thread gives the bits of the engine, and resumes from what it saves",
  () =>
    Effect.gen(function* () {
      const images = clouds("in a thread", 300, 32, 7);
      const options = { seed: 3, epochs: 4, batch: 64, standardise: true };
      const { compileInThread: _, ...withoutThreads } = yield* Backend;
      const expected = yield* linearProbe(images, images, options).pipe(
        Effect.provideService(Backend, withoutThreads),
      );
      const saved: ProbeState[] = [];
      const save = (state: ProbeState) => Effect.sync(() => saved.push(state));
      const found = yield* linearProbe(images, images, { ...options, save });
      assert.deepEqual(found, expected);
      assert.deepEqual(saved, [expected.state]);
      const half = yield* linearProbe(images, images, {
        ...options,
        epochs: 2,
      });
      const resumed = yield* linearProbe(images, images, options, half.state);
      assert.deepEqual(resumed, expected);
    }).pipe(Effect.provide(onnx)),
);

effectTest(
  "linearProbe() in a thread that is interrupted saves where it stands",
  () =>
    Effect.gen(function* () {
      const images = clouds("interrupted thread", 300, 6000, 9);
      // 320 steps, of which a thread is asked for 311 at once.
      const options = { seed: 1, epochs: 160 };
      const saved: ProbeState[] = [];
      const begun = yield* Deferred.make<void>();
      const fiber = yield* Effect.forkChild(
        linearProbe(images, images, {
          ...options,
          save: (state) => Effect.sync(() => saved.push(state)),
        }).pipe(Effect.provideService(Progress, {
          report: ({ done }) =>
            done === 0 ? Effect.void : Deferred.succeed(begun, undefined),
        })),
      );
      yield* Deferred.await(begun);
      yield* Fiber.interrupt(fiber);
      const [state] = saved;
      assert.ok(saved.length === 1 && state!.step > 0 && state!.step < 320);
      const resumed = yield* linearProbe(images, images, options, state);
      assert.deepEqual(resumed, yield* linearProbe(images, images, options));
    }).pipe(Effect.provide(onnx)),
);
