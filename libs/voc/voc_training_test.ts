import { matrix, Progress, type ProgressEvent } from "@deepcluster/core";
import { imageSet, type ImageSource } from "@deepcluster/data";
import { Backend, layerReference } from "@deepcluster/gpu-backend";
import { alexnet, initialise, small } from "@deepcluster/models";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { freshClassifier } from "./fresh_classifier.ts";
import { parseVocSettings } from "./settings.ts";
import {
  startOfVoc,
  trainVoc,
  vocLearningRate,
  type VocState,
} from "./voc_training.ts";
import assert from "node:assert/strict";

/** Five pictures of 16 pixels, and what is on them. */
const source: ImageSource = {
  name: "made",
  ids: Array.from({ length: 5 }, (_, i) => `picture ${i}`),
  payload: (index) => ({
    kind: "pixels",
    width: 16,
    height: 16,
    channels: 1,
    data: Uint8Array.from(
      { length: 256 },
      (_, p) => (index < 2 ? 0 : 128) + (p * (index + 3)) % 100,
    ),
  }),
};
const set = {
  classes: ["dark", "light"],
  source,
  targets: matrix(5, 2, Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1, -1, 1)),
};

const layers = Layer.mergeAll(layerReference, Progress.layerSilent);

const prepare = Effect.fnUntraced(function* (given: object = {}) {
  const settings = yield* parseVocSettings({
    iterations: 4,
    batch: 3,
    halveEvery: 2,
    learningRate: 0.1,
    layers: "all",
    ...given,
  });
  const network = yield* small({
    sobel: false,
    size: 8,
    dropout: 0.25,
    channels: [2, 3],
    units: [4],
  });
  return {
    options: { network, settings, set, images: imageSet(source) },
    start: startOfVoc(network, initialise(network, 1), 2, settings),
  };
});

const bytes = ({ tensors }: VocState) =>
  Object.entries(tensors).map(([name, { data }]) => [name, [...data]]);

effectTest(
  "trainVoc() from any saved state equals an uninterrupted training",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare();
      const saved: VocState[] = [];
      const save = (state: VocState) => Effect.sync(() => saved.push(state));
      const whole = yield* trainVoc(
        { ...options, save, saveEveryMs: 0 },
        start,
      );
      assert.deepEqual(saved.map(({ iteration }) => iteration), [1, 2, 3, 4]);
      for (const state of saved) {
        const resumed = yield* trainVoc(options, state);
        assert.deepEqual(bytes(resumed), bytes(whole));
        assert.equal(resumed.loss, whole.loss);
      }
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "trainVoc() moves what the settings name and leaves the rest, running " +
    "statistics and the starting state among it",
  () =>
    Effect.gen(function* () {
      const moved = Effect.fnUntraced(function* (given: object) {
        const { options, start } = yield* prepare(given);
        const before = structuredClone(start.tensors);
        const { tensors } = yield* trainVoc(options, start);
        assert.deepEqual(start.tensors, before);
        return Object.keys(before).filter((name) =>
          !name.endsWith("momentum_buffer") &&
          String(tensors[name]!.data) !== String(before[name]!.data)
        ).sort();
      });
      const connected = [
        "classifier.1.bias",
        "classifier.1.weight",
        "top_layer.bias",
        "top_layer.weight",
      ];
      const scales = ["features.1", "features.5"].flatMap((name) => [
        `${name}.bias`,
        `${name}.weight`,
      ]);
      const filters = ["features.0.weight", "features.4.weight"];
      const frozen = { layers: "fc6-8", freezeBatchNormScales: true };
      assert.deepEqual(yield* moved(frozen), connected);
      assert.deepEqual(
        yield* moved({ layers: "fc6-8" }),
        [...connected, ...scales].sort(),
      );
      assert.deepEqual(
        yield* moved({ layers: "all" }),
        [...connected, ...filters, ...scales].sort(),
      );
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "trainVoc() shows every image once before it shows any again, with its " +
    "targets and the halved rate, dropping others in every step",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare({ iterations: 5 });
      const fed: { rate: number; targets: number[]; mask: string }[] = [];
      const backend = yield* Backend;
      const recording: Backend["Service"] = {
        ...backend,
        compile: (graph, state) =>
          Effect.map(backend.compile(graph, state), (program) => ({
            ...program,
            run: (inputs) => {
              fed.push({
                rate: inputs["learning_rate"]!.data[0]!,
                targets: [...inputs["targets"]!.data],
                mask: String(inputs["classifier.0.mask"]!.data),
              });
              return program.run(inputs);
            },
          })),
      };
      yield* trainVoc(options, start).pipe(
        Effect.provideService(Backend, recording),
      );
      const rows = fed.flatMap(({ targets }) => [
        targets.slice(0, 2),
        targets.slice(2, 4),
        targets.slice(4),
      ]).map(String);
      assert.equal(rows.length, 15);
      const all = ["-1,1", "0,1", "0,1", "1,0", "1,0"];
      assert.deepEqual(rows.slice(0, 5).sort(), all);
      assert.deepEqual(rows.slice(5, 10), rows.slice(0, 5));
      assert.deepEqual(rows.slice(10), rows.slice(0, 5));
      assert.deepEqual(
        fed.map(({ rate }) => rate),
        [0.1, 0.1, 0.05, 0.05, 0.025].map(Math.fround),
      );
      assert.equal(new Set(fed.map(({ mask }) => mask)).size, 5);
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "trainVoc() stops at a loss that is not finite and names the iteration",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare({
        learningRate: 1e38,
        clipNorm: 1e38,
        iterations: 20,
      });
      const error = yield* Effect.flip(trainVoc(options, start));
      assert.equal(error._tag, "VocDivergedError");
      assert.match(
        error.message,
        /^Cannot go on with VOC classification as every loss must be finite: current values are iteration=\d+, loss=(NaN|Infinity) /,
      );
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "trainVoc() reports images and the mean loss from where it goes on",
  () =>
    Effect.gen(function* () {
      const { options, start } = yield* prepare();
      const events: ProgressEvent[] = [];
      const report = (event: ProgressEvent) =>
        Effect.sync(() => void events.push(event));
      const half = yield* trainVoc(
        { ...options, settings: { ...options.settings, iterations: 2 } },
        start,
      );
      const end = yield* trainVoc(options, half).pipe(
        Effect.provideService(Progress, { report }),
      );
      assert.deepEqual(events.map(({ done }) => done), [6, 9, 12]);
      assert.equal(events.at(-1)!.total, 12);
      assert.equal(events.at(-1)!.figures!["loss"], end.loss);
      assert.ok(end.loss > 0.5 && end.loss < 5, `loss ${end.loss}`);
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "vocLearningRate() is halved every 5000 steps of the paper's",
  () =>
    Effect.gen(function* () {
      const settings = yield* parseVocSettings({});
      const rates = [0, 4999, 5000, 79_999].map((iteration) =>
        vocLearningRate(settings, iteration)
      );
      assert.deepEqual(rates, [0.003, 0.003, 0.0015, 0.003 / 2 ** 15]);
    }),
);

effectTest(
  "freshClassifier() draws every fully connected layer, with the authors' " +
    "deviations",
  () =>
    Effect.gen(function* () {
      const network = yield* alexnet({ sobel: true, size: 63, width: 1 / 8 });
      const fresh = freshClassifier(network, 20, 7);
      assert.deepEqual(Object.keys(fresh), [
        "classifier.1.weight",
        "classifier.1.bias",
        "classifier.4.weight",
        "classifier.4.bias",
        "top_layer.weight",
        "top_layer.bias",
      ]);
      const spread = (name: string) => {
        const { data } = fresh[name]!;
        let sum = 0;
        for (const value of data) sum += value * value;
        return Math.sqrt(sum / data.length);
      };
      assert.ok(Math.abs(spread("classifier.4.weight") / 0.01 - 1) < 0.02);
      const uniform = 1 / Math.sqrt(512 * 3);
      assert.ok(Math.abs(spread("top_layer.weight") / uniform - 1) < 0.03);
      assert.deepEqual(
        new Set(fresh["classifier.4.bias"]!.data),
        new Set([Math.fround(0.1)]),
      );
      const other = freshClassifier(network, 20, 8);
      assert.notDeepEqual(other["top_layer.weight"], fresh["top_layer.weight"]);
    }),
);
