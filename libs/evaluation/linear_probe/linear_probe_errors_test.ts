import { draws, floatTensor, Progress } from "@deepcluster/core";
import type { Labelled } from "@deepcluster/features";
import { layerReference } from "@deepcluster/gpu-backend";
import { clouds, effectTest, labelled } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { linearProbe } from "./linear_probe.ts";
import type { ProbeOptions } from "./probe_options.ts";
import type { ProbeState } from "./probe_state.ts";
import assert from "node:assert/strict";

const layers = Layer.merge(layerReference, Progress.layerSilent);
const images = clouds("refused", 12, 2, 3);

const refusal = (
  options: Omit<ProbeOptions, "seed">,
  from?: ProbeState,
  train: Labelled = images,
  test: Labelled = images,
) =>
  Effect.flip(linearProbe(train, test, { seed: 0, ...options }, from))
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
  "linearProbe() refuses a single class to learn from, and test of other sizes",
  () =>
    Effect.gen(function* () {
      const train = labelled([1, 2, 3, 4], [2, 2], 3);
      assert.match(
        yield* refusal({}, undefined, train),
        /^Cannot train a linear probe as there must be at least 2 .* classes=1$/,
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
        message.replace("train", "evaluate"),
      );
    }),
);

effectTest(
  "linearProbe() whose loss is not finite names epoch, step and what to do",
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
        /loss must be finite: current values are epoch=\d+, step=\d+, loss=(NaN|Infinity), learningRate=.*--standardise --learning-rate 0.003$/,
      );
    }),
);

effectTest(
  "linearProbe() whose loss stays worse than a guess stops after ten times " +
    "the memory of its momentum",
  () =>
    Effect.gen(function* () {
      // Labels that mean nothing: long steps throw the weights to and fro.
      const { integer } = draws(1, "labels");
      const noise = {
        ...clouds("noise", 64, 8, 1, 30),
        labels: Int32Array.from({ length: 64 }, () => integer(4)),
        classes: 4,
      };
      // Four steps an epoch: 10 / (1 - 0.5) steps are over after the fifth.
      const settings = { momentum: 0.5, batch: 16, epochs: 6 };
      assert.match(
        yield* refusal(settings, undefined, noise, noise),
        /not stay above 2.77, twice that of a guess among 4 classes: current values are epoch=5, step=19, loss=[\d.]+, learningRate=0.01; features of this scale want --standardise/,
      );
      const enough = yield* linearProbe(noise, noise, {
        ...settings,
        seed: 0,
        epochs: 4,
      }).pipe(Effect.provide(layers));
      assert.equal(enough.state.divergedSteps, 16);
      assert.match(
        yield* refusal(settings, enough.state, noise, noise),
        /epoch=5, step=19/,
        "a resumed probe remembers",
      );
      const { state } = yield* linearProbe(noise, noise, {
        ...settings,
        seed: 0,
        standardise: true,
      }).pipe(Effect.provide(layers));
      assert.deepEqual([state.step, state.divergedSteps], [24, 0]);
      assert.match(
        yield* refusal(
          { ...settings, standardise: true, learningRate: 1e3 },
          undefined,
          noise,
          noise,
        ),
        /lower the learning rate \(--learning-rate\)$/,
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
