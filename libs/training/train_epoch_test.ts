import { Progress } from "@deepcluster/core";
import { imageSet } from "@deepcluster/data";
import {
  Backend,
  layerBackend,
  layerReference,
} from "@deepcluster/gpu-backend";
import { initialise, small } from "@deepcluster/models";
import { parseConfiguration } from "@deepcluster/runs";
import { effectTest } from "@deepcluster/test";
import { withCapabilities } from "@deepcluster/test/engines";
import { Effect, Layer } from "effect";
import { type EpochState, startOfEpoch, trainEpoch } from "./train_epoch.ts";
import assert from "node:assert/strict";

/** Eight pictures of 16 pixels: four dark, four bright. */
const images = imageSet({
  name: "made",
  ids: Array.from({ length: 8 }, (_, i) => `picture ${i}`),
  payload: (index) => ({
    kind: "pixels",
    width: 16,
    height: 16,
    channels: 1,
    data: Uint8Array.from(
      { length: 256 },
      (_, p) => (index < 4 ? 0 : 128) + (p * (index + 3)) % 100,
    ),
  }),
});

const layers = Layer.mergeAll(layerReference, Progress.layerSilent);

const prepare = Effect.gen(function* () {
  const configuration = yield* parseConfiguration({
    images: "made",
    model: "small",
    sobel: false,
    size: 16,
    clusters: 2,
    batch: 4,
    reassign: 2,
    dropout: 0.25,
  }, "test");
  const network = yield* small({
    sobel: false,
    size: 16,
    dropout: 0.25,
    channels: [2, 3],
    units: [4],
  });
  const pseudoLabels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
  const weights = initialise(network, 1);
  return {
    options: { network, configuration, epoch: 1, images, pseudoLabels },
    start: startOfEpoch(network, configuration, 1, weights),
  };
});

const bytes = ({ tensors }: EpochState) =>
  Object.entries(tensors).map(([name, { data }]) => [name, [...data]]);

effectTest(
  "trainEpoch() moves weights, momenta and running statistics",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare;
      const end = yield* trainEpoch(options, start);
      assert.equal(end.step, 4);
      assert.ok(end.lossSum > 0 && Number.isFinite(end.lossSum));
      for (
        const name of [
          "features.0.weight",
          "features.0.weight.momentum_buffer",
          "features.1.running_mean",
          "top_layer.weight",
        ]
      ) {
        assert.notDeepEqual(end.tensors[name]!.data, start.tensors[name]!.data);
      }
      assert.equal(end.tensors["top_layer.weight.momentum_buffer"], undefined);
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "trainEpoch() from any saved state equals an uninterrupted epoch",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare;
      const saved: EpochState[] = [];
      const save = (state: EpochState) => Effect.sync(() => saved.push(state));
      const whole = yield* trainEpoch(
        { ...options, save, saveEveryMs: 0 },
        start,
      );
      assert.deepEqual(saved.map(({ step }) => step), [1, 2, 3, 4]);
      for (const state of saved.slice(0, 3)) {
        const resumed = yield* trainEpoch(options, state);
        assert.deepEqual(bytes(resumed), bytes(whole));
        assert.equal(resumed.lossSum, whole.lossSum);
        assert.equal(resumed.correct, whole.correct);
      }
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "trainEpoch() by several steps at once equals single steps, resumed or not",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare;
      const whole = yield* trainEpoch(options, start);
      const saved: EpochState[] = [];
      const save = (state: EpochState) => Effect.sync(() => saved.push(state));
      const scanned = yield* trainEpoch(
        { ...options, save, saveEveryMs: 0 },
        start,
      ).pipe(
        Effect.provide(withCapabilities(layerReference, { stepsPerScan: 3 })),
      );
      assert.deepEqual(saved.map(({ step }) => step), [3, 4]);
      const resumed = yield* trainEpoch(options, saved[0]!).pipe(
        Effect.provide(withCapabilities(layerReference, { stepsPerScan: 2 })),
      );
      for (const end of [scanned, resumed]) {
        assert.deepEqual(bytes(end), bytes(whole));
        assert.equal(end.lossSum, whole.lossSum);
        assert.equal(end.correct, whole.correct);
      }
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "trainEpoch() on the processor gives the same bytes by eight steps in one run as by single ones, resumed in the middle of eight or not",
  () =>
    Effect.gen(function* () {
      const { options } = yield* prepare;
      // Enough images and channels for maps with their axes reversed.
      const network = yield* small({
        sobel: true,
        size: 16,
        dropout: 0.25,
        channels: [16, 32],
        units: [8],
      });
      const configuration = {
        ...options.configuration,
        batch: 16,
        reassign: 22,
      };
      const weights = initialise(network, 1);
      const start = startOfEpoch(network, configuration, 1, weights);
      const trained = Effect.fnUntraced(
        function* (from: EpochState, stepsPerScan: number) {
          const saved: EpochState[] = [];
          const save = (state: EpochState) =>
            Effect.sync(() => saved.push(state));
          yield* trainEpoch(
            { ...options, network, configuration, save, saveEveryMs: 0 },
            from,
          ).pipe(
            Effect.provide(
              withCapabilities(layerBackend({ threads: 2 }), { stepsPerScan }),
            ),
          );
          return saved;
        },
      );
      const single = yield* trained(start, 1);
      const scanned = yield* trained(start, 8);
      const resumed = yield* trained(single[2]!, 8);
      const steps = (states: readonly EpochState[]) =>
        states.map(({ step }) => step);
      assert.deepEqual(
        steps(single),
        Array.from({ length: 11 }, (_, i) => i + 1),
      );
      assert.deepEqual(steps(scanned), [8, 11]);
      assert.deepEqual(steps(resumed), [11]);
      for (const state of [...scanned, ...resumed]) {
        const same = single[state.step - 1]!;
        assert.deepEqual(bytes(state), bytes(same));
        assert.equal(state.lossSum, same.lossSum);
        assert.equal(state.correct, same.correct);
      }
    }).pipe(Effect.provide(Progress.layerSilent)),
);

effectTest(
  "trainEpoch() makes one step at a time where several have too large images",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare;
      const ofThreeSteps = 3 * 4 * 3 * 16 ** 2 * 4;
      const saved: number[] = [];
      const save = ({ step }: EpochState) =>
        Effect.sync(() => saved.push(step));
      for (const scanBytes of [ofThreeSteps - 1, ofThreeSteps]) {
        yield* trainEpoch({ ...options, save, saveEveryMs: 0 }, start).pipe(
          Effect.provide(
            withCapabilities(layerReference, { stepsPerScan: 3, scanBytes }),
          ),
        );
      }
      assert.deepEqual(saved, [1, 2, 3, 4, 3, 4]);
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "trainEpoch() leaves its starting state as it was",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare;
      const before = structuredClone(bytes(start));
      yield* trainEpoch(options, start);
      assert.deepEqual(bytes(start), before);
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "trainEpoch() refuses a pseudo-label that the head does not have",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare;
      const pseudoLabels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 2);
      const error = yield* Effect.flip(
        trainEpoch({ ...options, pseudoLabels }, start),
      );
      assert.equal(
        error.message,
        "Cannot train as every image must have a pseudo-label from 0 to below clusters: current values are images=8, pseudo-labels=8, largest=2, clusters=2",
      );
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "trainEpoch() stops at a weight that is not finite and names it",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare;
      const configuration = { ...options.configuration, learningRate: 1e38 };
      const error = yield* Effect.flip(
        trainEpoch({ ...options, configuration }, start),
      );
      assert.equal(error._tag, "NonFiniteError");
      assert.match(error.message, /in epoch 1, step [1-4] /);
      const scanned = yield* Effect.flip(
        trainEpoch({ ...options, configuration }, start).pipe(
          Effect.provide(withCapabilities(layerReference, { stepsPerScan: 4 })),
        ),
      );
      assert.equal(scanned.message, error.message);
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "trainEpoch() drops other activations in every step",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare;
      const masks: string[] = [];
      const backend = yield* Backend;
      const recording: Backend["Service"] = {
        ...backend,
        compile: (graph, state) =>
          Effect.map(backend.compile(graph, state), (program) => ({
            ...program,
            scan: (steps, inputs) => {
              masks.push(String(inputs["classifier.0.mask"]?.data));
              return program.scan(steps, inputs);
            },
          })),
      };
      yield* trainEpoch(options, start).pipe(
        Effect.provideService(Backend, recording),
      );
      assert.equal(masks.length, 4);
      assert.ok(!masks.includes("undefined"));
      assert.equal(new Set(masks).size, 4);
    }).pipe(Effect.provide(layers)),
);
