import { floatTensor, Progress } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import type { Labelled } from "./labelled.ts";
import { clouds, labelled } from "./labelled_testing.ts";
import { linearProbe } from "./linear_probe.ts";
import type { ProbeOptions } from "./probe_options.ts";
import type { ProbeState } from "./probe_state.ts";

const layers = Layer.merge(layerReference, Progress.layerSilent);
const images = clouds("refused", 12, 2, 3);

const refusal = (
  options: Omit<ProbeOptions, "seed">,
  from?: ProbeState,
  train: Labelled = images,
  validation: Labelled = images,
) =>
  Effect.flip(linearProbe(train, validation, { seed: 0, ...options }, from))
    .pipe(
      Effect.map(({ message }) => message),
      Effect.provide(layers),
    );

for (
  const [options, message] of [
    [
      { epochs: 0 },
      "epochs must be an integer >= 1: current value is epochs=0",
    ],
    [
      { batch: 1.5 },
      "batch must be an integer >= 1: current value is batch=1.5",
    ],
    [{ crops: 0 }, "crops must be an integer >= 1: current value is crops=0"],
    [
      { learningRate: 0 },
      "learningRate must be above 0: current value is learningRate=0",
    ],
    [
      { momentum: 1 },
      "momentum must be from 0 to below 1: current value is momentum=1",
    ],
    [
      { weightDecay: NaN },
      "weightDecay must be at least 0: current value is weightDecay=NaN",
    ],
  ] as const
) {
  effectTest(
    `linearProbe() says that ${message}`,
    () =>
      Effect.gen(function* () {
        assert.equal(
          yield* refusal(options),
          `Cannot train a linear probe as ${message}`,
        );
      }),
  );
}

effectTest(
  "linearProbe() refuses an empty class, and validation of other sizes",
  () =>
    Effect.gen(function* () {
      const train = labelled([1, 2, 3, 4], [0, 2], 3);
      assert.match(
        yield* refusal({}, undefined, train),
        /^Cannot train a linear probe as every class must .* class=1, images=0/,
      );
      assert.match(
        yield* refusal({ crops: 10 }),
        /labels and features must be equal .* expected=120, actual=12$/,
      );
    }),
);

effectTest(
  "linearProbe() names a feature that is not finite, held or not",
  () =>
    Effect.gen(function* () {
      const bad = labelled([1, 2, 3, Infinity], [0, 1], 2);
      const good = labelled([1, 2, 3, 4], [0, 1], 2);
      const message = "Cannot train a linear probe as features must be " +
        "finite: current values are row=1, column=1, value=Infinity";
      for (
        const options of [{}, { memoryBytes: 1 }, { standardise: true }]
      ) {
        assert.equal(yield* refusal(options, undefined, bad, good), message);
      }
      assert.equal(
        yield* refusal({ epochs: 1 }, undefined, good, bad),
        message.replace("train", "judge"),
      );
    }),
);

effectTest(
  "linearProbe() that diverges names the step and what to do",
  () =>
    Effect.gen(function* () {
      const far = labelled([1e30, -1e30, 1e30, -1e30], [0, 0, 1, 1], 2);
      const message = yield* refusal(
        { learningRate: 1e9 },
        undefined,
        far,
        far,
      );
      assert.match(
        message,
        /loss must be finite: current values are step=\d+, loss=(NaN|Infinity), learningRate=.*; lower the learning rate or standardise/,
      );
    }),
);

effectTest(
  "linearProbe() refuses the state of another probe",
  () =>
    Effect.gen(function* () {
      const { state } = yield* linearProbe(images, images, {
        seed: 0,
        epochs: 1,
      }).pipe(Effect.provide(layers));
      const message = "Cannot resume a linear probe as its state must fit " +
        "features and options: current values are ";
      const wide = clouds("wide", 12, 3, 3);
      assert.equal(
        yield* refusal({}, state, wide, wide),
        `${message}weight expected=[3, 3], state=[3, 2]`,
      );
      assert.equal(
        yield* refusal({ momentum: 0 }, state),
        `${message}weight.momentum_buffer expected=none, state=[3, 2]`,
      );
      assert.equal(
        yield* refusal({ standardise: true }, state),
        `${message}mean expected=[2], state=none`,
      );
      assert.equal(
        yield* refusal({ epochs: 1 }, { ...state, step: 2 }),
        `${message}step expected=0 to 1, state=2`,
      );
      const weight = floatTensor([3, 2], new Float32Array(5));
      const tensors = { ...state.tensors, weight };
      assert.equal(
        yield* refusal({}, { ...state, tensors }),
        `${message}weight expected=[3, 2], state=[3, 2] cut`,
      );
    }),
);
