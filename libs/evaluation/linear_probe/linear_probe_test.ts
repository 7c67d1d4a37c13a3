import {
  draws,
  floatTensor,
  Progress,
  row,
  type RowReader,
} from "@deepcluster/core";
import type { Labelled } from "@deepcluster/features";
import { layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { assertClose, clouds, effectTest, labelled } from "@deepcluster/test";
import { Deferred, Effect, Fiber, Layer } from "effect";
import { type Augmented, linearProbe } from "./linear_probe.ts";
import { initialProbe } from "./probe_graph.ts";
import type { ProbeOptions } from "./probe_options.ts";
import type { ProbeState } from "./probe_state.ts";
import assert from "node:assert/strict";
import fixture from "./fixtures/probe.json" with { type: "json" };

const reference = Layer.merge(layerReference, Progress.layerSilent);
const onnx = Layer.merge(
  layerOnnx({ provider: "cpu", threads: 2 }),
  Progress.layerSilent,
);

const probe = (
  train: Labelled | Augmented,
  test: Labelled,
  options: Omit<ProbeOptions, "seed"> & { seed?: number },
  from?: ProbeState,
) =>
  linearProbe(train, test, { seed: 1, ...options }, from).pipe(
    Effect.provide(reference),
  );

const { classes, columns, learningRate, momentum, weightDecay } = fixture;
const train = labelled(fixture.train, fixture.trainLabels, classes);
const test = labelled(fixture.test, fixture.testLabels, classes);

/** All images in each step, so that their order does not matter. */
const whole = {
  learningRate,
  momentum,
  weightDecay,
  batch: 64,
  epochs: fixture.steps,
};

const fixtureStart = (scaling = {}): ProbeState => ({
  step: 0,
  lossSum: 0,
  divergedSteps: 0,
  tensors: {
    ...initialProbe({ columns, classes }, momentum, 0),
    weight: floatTensor(
      [classes, columns],
      Float32Array.from(fixture.weight),
    ),
    bias: floatTensor([classes], Float32Array.from(fixture.bias)),
    ...scaling,
  },
});

effectTest(
  "linearProbe() takes PyTorch's steps with the authors' learning rate",
  () =>
    Effect.gen(function* () {
      const found = yield* linearProbe(
        train,
        test,
        { seed: 0, ...whole },
        fixtureStart(),
      );
      assertAs(found, fixture.plain);
    }).pipe(Effect.provide(onnx)),
);

effectTest(
  "linearProbe() on standardised features equals scikit-learn and PyTorch",
  () =>
    Effect.gen(function* () {
      const { state } = yield* probe(train, test, {
        ...whole,
        epochs: 1,
        standardise: true,
      });
      const { mean, scale } = state.tensors;
      assertClose(mean!.data, fixture.mean, 1e-6, "mean");
      assertClose(scale!.data, fixture.scale, 1e-6, "scale");
      const found = yield* probe(
        train,
        test,
        { ...whole, standardise: true },
        fixtureStart({ mean, scale }),
      );
      assertAs(found, fixture.standardised);
    }),
);

const assertAs = (
  found: Effect.Success<ReturnType<typeof probe>>,
  expected: typeof fixture.plain,
) => {
  const { tensors } = found.state;
  assertClose(tensors["weight"]!.data, expected.weight, 1e-5, "weight");
  assertClose(tensors["bias"]!.data, expected.bias, 1e-5, "bias");
  assertClose(
    tensors["weight.momentum_buffer"]!.data,
    expected.weightMomentum,
    1e-4,
    "momentum",
  );
  assertClose([found.loss], [expected.loss], 1e-5, "loss");
  assert.deepEqual([...found.predictions], expected.predictions);
  assert.ok(Math.abs(found.top1 - expected.top1) < 1e-12);
  assert.ok(Math.abs(found.top5! - expected.top5) < 1e-12);
};

effectTest(
  "linearProbe() in batches does what naive lines do, a short batch last",
  () =>
    Effect.gen(function* () {
      const images = clouds("naive probe", 23, 3, 3);
      const options = { batch: 8, epochs: 4, learningRate: 0.1 };
      const found = yield* probe(images, images, options);
      const naive = yield* naiveProbe(images, 8, 4, 0.1);
      assertClose(found.state.tensors["weight"]!.data, naive.weight, 1e-5);
      assertClose([found.loss], [naive.loss], 1e-5);
      assert.equal(found.state.step, 12);
      assert.equal(found.top5, undefined);
    }),
);

effectTest(
  "linearProbe() from any saved state equals an uninterrupted run",
  () =>
    Effect.gen(function* () {
      const images = clouds("resumed", 20, 4, 3);
      const saved: ProbeState[] = [];
      const save = (state: ProbeState) => Effect.sync(() => saved.push(state));
      const options = { batch: 8, epochs: 3, standardise: true };
      const full = yield* linearProbe(images, images, {
        ...options,
        seed: 1,
        save,
        saveEveryMs: 0,
      }).pipe(Effect.provide(reference));
      assert.deepEqual(saved.map(({ step }) => step), [
        ...Array.from({ length: 9 }, (_, i) => i + 1),
      ]);
      for (const state of saved) {
        const before = structuredClone(state);
        const resumed = yield* probe(images, images, options, state);
        assert.deepEqual(resumed, full);
        assert.deepEqual(state, before);
      }
    }),
);

effectTest(
  "linearProbe() that is interrupted saves where it stands",
  () =>
    Effect.gen(function* () {
      const images = clouds("interrupted", 16, 4, 2);
      const begun = yield* Deferred.make<void>();
      const saved: ProbeState[] = [];
      let reads = 0;
      const read: RowReader["read"] = (start, count) =>
        ++reads < 20
          ? images.features.read(start, count)
          : Effect.andThen(Deferred.succeed(begun, undefined), Effect.never);
      const options = { seed: 1, batch: 4, epochs: 5, memoryBytes: 1 };
      const slow = { ...images, features: { ...images.features, read } };
      const fiber = yield* Effect.forkChild(
        linearProbe(slow, images, {
          ...options,
          save: (state) => Effect.sync(() => saved.push(state)),
        }).pipe(Effect.provide(reference)),
      );
      yield* Deferred.await(begun);
      yield* Fiber.interrupt(fiber);
      assert.equal(saved.length, 1);
      assert.ok(saved[0]!.step >= 3);
      const resumed = yield* probe(images, images, options, saved[0]);
      assert.deepEqual(resumed, yield* probe(images, images, options));
    }),
);

effectTest(
  "linearProbe() of rows read one by one equals that of rows in memory",
  () =>
    Effect.gen(function* () {
      const images = clouds("spilled", 300, 8, 5);
      let largest = 0;
      const features: RowReader = {
        ...images.features,
        read: (start, count) => {
          largest = Math.max(largest, count);
          return images.features.read(start, count);
        },
      };
      const options = { epochs: 2, batch: 32, standardise: true };
      const memoryBytes = 40 * 8 * 4;
      const spilled = yield* probe(
        { ...images, features },
        { ...images, features },
        { ...options, memoryBytes },
      );
      assert.ok(largest <= 40, `${largest} rows at once`);
      const held = yield* probe(images, images, options);
      assert.deepEqual(spilled.predictions, held.predictions);
      const weight = (result: typeof held) => result.state.tensors["weight"];
      assert.deepEqual(
        weight(spilled),
        weight(held),
      );
    }),
);

effectTest(
  "linearProbe() asks for augmented features once an epoch, and lets them go",
  () =>
    Effect.gen(function* () {
      const images = clouds("augmented", 12, 3, 2);
      const log: string[] = [];
      const featuresOf = (epoch: number) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            log.push(`open ${epoch}`);
            return images.features;
          }),
          () => Effect.sync(() => log.push(`close ${epoch}`)),
        );
      const { labels, classes } = images;
      const options = { seed: 1, epochs: 3, batch: 5 };
      const found = yield* linearProbe(
        { labels, classes, columns: 3, featuresOf },
        images,
        options,
      ).pipe(Effect.provide(reference));
      assert.deepEqual(log, [
        "open 0",
        "close 0",
        "open 1",
        "close 1",
        "open 2",
        "close 2",
      ]);
      assert.deepEqual(found, yield* probe(images, images, options));
    }),
);

effectTest(
  "linearProbe() learns from the features of each epoch",
  () =>
    Effect.gen(function* () {
      const [one, other] = ["one", "other"].map((name) =>
        clouds(`epoch ${name}`, 12, 3, 2)
      );
      const options = { epochs: 2, batch: 5 };
      const { labels, classes } = one!;
      const featuresOf = (epoch: number) =>
        Effect.succeed((epoch === 0 ? one! : other!).features);
      const changing = yield* probe(
        { labels, classes, columns: 3, featuresOf },
        one!,
        options,
      );
      const fixed = yield* probe(one!, one!, { ...options, epochs: 1 });
      const gone = yield* probe(other!, one!, options, fixed.state);
      assert.deepEqual(changing, gone);
    }),
);

effectTest(
  "linearProbe() averages the probabilities of an image's crops",
  () =>
    Effect.gen(function* () {
      const line = labelled([-1, 1], [0, 1], 2);
      const start: ProbeState = {
        step: 1,
        lossSum: 0,
        divergedSteps: 0,
        tensors: {
          weight: floatTensor([2, 1], Float32Array.of(0, 1)),
          bias: floatTensor([2]),
        },
      };
      // Probabilities of class 1: sigmoid(9), sigmoid(-1), sigmoid(-1) have
      // mean 0.512; their logits' majority says 0. Then -9, 1, 1: 0.488.
      const crops = labelled([9, -1, -1, -9, 1, 1], new Array(6).fill(0), 2);
      const images = { ...crops, labels: Int32Array.of(1, 0) };
      const options = { momentum: 0, epochs: 1, crops: 3 };
      const found = yield* probe(line, images, options, start);
      assert.deepEqual([...found.predictions], [1, 0]);
      assert.equal(found.top1, 1);
    }),
);

effectTest(
  "linearProbe() gives the same bits twice on ONNX Runtime",
  () =>
    Effect.gen(function* () {
      const images = clouds("bits", 300, 32, 7);
      const run = linearProbe(images, images, { seed: 3, epochs: 3 });
      const first = yield* run;
      assert.deepEqual(yield* run, first);
      const other = yield* linearProbe(images, images, { seed: 4, epochs: 3 });
      assert.notDeepEqual(other.state, first.state);
    }).pipe(Effect.provide(onnx)),
);

effectTest(
  "linearProbe() reports its steps",
  () =>
    Effect.gen(function* () {
      const images = clouds("reported", 10, 2, 2);
      const events: string[] = [];
      yield* linearProbe(images, images, { seed: 0, epochs: 2, batch: 5 }).pipe(
        Effect.provideService(Progress, {
          report: ({ phase, done, total, unit }) =>
            Effect.sync(() => events.push(`${phase} ${done}/${total} ${unit}`)),
        }),
        Effect.provide(layerReference),
      );
      assert.deepEqual(
        events,
        [0, 1, 2, 3, 4].map((done) => `probe ${done}/4 steps`),
      );
    }),
);

/** Double precision, one image at a time. */
const naiveProbe = Effect.fnUntraced(function* (
  { features, labels, classes }: Labelled,
  batch: number,
  epochs: number,
  rate: number,
) {
  const [n, d] = [features.rows, features.columns];
  const all = yield* features.read(0, n);
  const initial = initialProbe({ columns: d, classes }, 0.9, 1);
  const weight = Float64Array.from(initial["weight"]!.data);
  const bias = Float64Array.from(initial["bias"]!.data);
  const velocity = [new Float64Array(classes * d), new Float64Array(classes)];
  let [loss, t] = [0, 0];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = draws(1, "probe order", epoch).shuffle(
      Int32Array.from({ length: n }, (_, i) => i),
    );
    loss = 0;
    for (let begun = 0; begun < n; begun += batch) {
      const members = order.subarray(begun, begun + batch);
      const slopes = [new Float64Array(classes * d), new Float64Array(classes)];
      let batchLoss = 0;
      for (const image of members) {
        const x = row(all, image);
        const logits = Array.from(
          bias,
          (b, c) =>
            x.reduce((sum, value, j) => sum + value * weight[c * d + j]!, b),
        );
        const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
        logits.forEach((z, c) => {
          const right = labels[image] === c ? 1 : 0;
          const slope = (Math.exp(z) / total - right) / members.length;
          if (right) batchLoss -= (z - Math.log(total)) / members.length;
          slopes[1]![c]! += slope;
          x.forEach((value, j) => slopes[0]![c * d + j]! += slope * value);
        });
      }
      const step = rate / Math.sqrt(1 + rate * 1e-4 * t++);
      [weight, bias].forEach((parameter, p) =>
        parameter.forEach((value, i) => {
          const slope = slopes[p]![i]! + 1e-4 * value;
          velocity[p]![i] = 0.9 * velocity[p]![i]! + slope;
          parameter[i]! -= step * velocity[p]![i]!;
        })
      );
      loss += batchLoss;
    }
  }
  return { weight, loss: loss / Math.ceil(n / batch) };
});
