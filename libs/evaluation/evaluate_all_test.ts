import { Assigner } from "@deepcluster/clustering";
import { floatTensor, Progress } from "@deepcluster/core";
import { digestAt } from "@deepcluster/data";
import { layerOnnx } from "@deepcluster/gpu-backend";
import {
  type EvaluatedRun,
  parseConfiguration,
  runFiles,
  writeAssignments,
  writeRunImages,
} from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { openTask } from "./task_testing.ts";
import { combineSeeds } from "./results.ts";
import { evaluateAll, modelsBeside } from "./evaluate_all.ts";
import {
  evaluateAssignments,
  evaluateClusters,
} from "./clusters/evaluate_clusters.ts";
import { evaluateKnn } from "./knn/evaluate_knn.ts";
import { evaluateLinear } from "./linear_probe/evaluate_linear.ts";
import { evaluateLowShot } from "./low_shot/evaluate_low_shot.ts";
import assert from "node:assert/strict";

const services = Layer.merge(Assigner.layerBackend, Progress.layerSilent).pipe(
  Layer.provideMerge(layerOnnx({ provider: "cpu", threads: 1 })),
);

effectTest(
  "evaluateLinear(), evaluateKnn() and evaluateLowShot() tell separable images apart",
  () =>
    Effect.gen(function* () {
      const task = yield* openTask(20);
      const layers = task.model.layers.filter(({ name }) => name === "conv2");
      const { figures: linear } = yield* evaluateLinear(task, layers, 1, {
        epochs: 30,
        standardise: true,
      });
      assert.equal(linear[0]!.protocol, "linear, 30 epochs, standardised");
      const { figures: near } = yield* evaluateKnn(task, layers, 1, { k: [5] });
      const { figures: few } = yield* evaluateLowShot(task, layers, 1, {
        shots: [5],
        steps: 100,
      });
      for (const { value, interval } of [linear[0]!, near[0]!]) {
        assert.ok(value > 0.6, `chance is 0.33, found ${value}`);
        assert.ok(interval!.low <= value && value <= interval!.high);
      }
      assert.ok(few[0]!.value > 0.5, `${few[0]!.value}`);
      assert.equal(few[0]!.learnedFrom, 15);
      const ten = yield* evaluateLinear({ ...task, crops: "ten" }, layers, 1, {
        epochs: 5,
      });
      assert.equal(ten.figures[0]!.crops, "ten");
    }).pipe(Effect.provide(services)),
);

effectTest(
  "evaluateAll() sets the model beside pixels and random weights, in one order",
  () =>
    Effect.gen(function* () {
      const task = yield* openTask(20);
      // A model that is not called random, as any trained one.
      const model = { ...task.model, name: "ours" };
      const ours = { ...task, model };
      assert.deepEqual(
        modelsBeside(model, 1).map(({ name }) => name),
        ["pixels", "random", "ours"],
      );
      const options = {
        layers: ["features"],
        probe: { epochs: 2 },
        clusters: 6,
      };
      const { figures, diverged } = yield* evaluateAll(ours, 1, options);
      assert.deepEqual(diverged, []);
      const top1 = figures
        .filter(({ statistic }) => statistic.startsWith("top-1"));
      assert.deepEqual(
        top1.map(({ model, protocol }) => `${model}: ${protocol}`),
        [
          "pixels: linear, 2 epochs",
          "random: linear, 2 epochs",
          "ours: linear, 2 epochs",
          "pixels: knn, k = 20",
          "random: knn, k = 20",
          "ours: knn, k = 20",
          ...["1 image", "5 images", "10 images"].map((few) =>
            `pixels: linear, ${few} a class`
          ),
          ...["random", "ours"].flatMap((model) =>
            ["1 image", "5 images", "10 images"].map((few) =>
              `${model}: linear, ${few} a class`
            )
          ),
        ],
        "48 images to learn from: no 200 neighbours",
      );
      const valueOf = (name: string) =>
        top1.filter(({ model }) => model === name).map(({ value }) => value);
      assert.deepEqual(valueOf("ours"), valueOf("random"), "the same weights");
      assert.equal(
        figures.filter(({ statistic }) => /^NMI|purity|Rand/.test(statistic))
          .length,
        12,
      );
      const again = yield* evaluateAll(ours, 1, options);
      assert.deepEqual(again.figures, figures, "nothing is evaluated again");
      const both = combineSeeds([
        ...figures,
        ...(yield* evaluateAll(ours, 2, options)).figures,
      ]);
      assert.equal(both.length, figures.length);
      assert.ok(both.every(({ seeds }) => `${seeds}` === "1,2"));
    }).pipe(Effect.provide(services)),
);

effectTest(
  "evaluateAll() gives all figures but those of probes that diverge, and names these",
  () =>
    Effect.gen(function* () {
      const task = yield* openTask(20);
      const { parameters } = task.model;
      const weight = parameters["classifier.1.weight"]!;
      const large = Float32Array.from(weight.data, (value) => value * 1e20);
      const model = {
        ...task.model,
        name: "ours",
        identity: "ours",
        parameters: {
          ...parameters,
          "classifier.1.weight": floatTensor(weight.shape, large),
        },
      };
      const { figures, diverged } = yield* evaluateAll({ ...task, model }, 1, {
        layers: ["conv2", "features"],
        probe: { epochs: 60 },
        clusters: 6,
        shots: [5],
      });
      const said = "features of this scale want --standardise";
      assert.deepEqual(
        diverged.map(({ probe, message }) => [probe, message.includes(said)]),
        [
          [{ model: "ours", layer: "features", seed: 1 }, true],
          [{ model: "ours", layer: "features", seed: 1, shots: 5 }, false],
        ],
      );
      assert.match(
        diverged[1]!.message,
        /current values are model=ours, layer=features, seed=1, shots=5, epoch=.*`evaluate linear` with --standardise$/,
      );
      assert.deepEqual(
        figures.filter(({ model, statistic }) =>
          model === "ours" && !/purity|Rand|arith/.test(statistic)
        ).map(({ layer, protocol }) => `${layer}: ${protocol}`),
        [
          "conv2: linear, 60 epochs",
          "features: knn, k = 20",
          "features: k-means, k = 6, PCA 256",
        ],
      );
    }).pipe(Effect.provide(services)),
);

effectTest(
  "evaluateAssignments() compares a run's clusters by name, and refuses others'",
  () =>
    Effect.gen(function* () {
      const task = yield* openTask(4);
      const { data, folder, images } = task;
      const configuration = yield* parseConfiguration(
        { images: "/made", clusters: 3, seed: 9 },
        runFiles.config,
      );
      const run: EvaluatedRun = {
        folder,
        epoch: 1,
        configuration,
        skipped: [],
      };
      const store = folderStore(folder);
      const ids = data.source.ids.toReversed();
      yield* writeAssignments(store, 1, {
        paths: ids,
        clusters: Int32Array.from(ids, (id) => "adr".indexOf(id[0]!)),
      });
      yield* writeRunImages(store, {
        ids: data.source.ids,
        sha256s: data.source.ids.map((_, at) => digestAt(images.digests, at)),
        leftOut: [],
      });
      const { figures } = yield* evaluateAssignments(task, run);
      assert.deepEqual(
        figures.map(({ statistic, value }) => [statistic, value]),
        [
          ["NMI, geometric mean", 1],
          ["NMI, arithmetic mean", 1],
          ["purity", 1],
          ["adjusted Rand index", 1],
        ],
      );
      assert.deepEqual([figures[0]!.seed, figures[0]!.images], [9, 12]);
      yield* writeAssignments(store, 1, {
        paths: ["elsewhere.png", ids[0]!],
        clusters: Int32Array.of(0, 1),
      });
      const error = yield* Effect.flip(evaluateAssignments(task, run));
      assert.match(error.message, /images=2, labelled=1/);
    }).pipe(Effect.provide(services)),
);

effectTest(
  "evaluateClusters() finds clusters that agree with separable labels",
  () =>
    Effect.gen(function* () {
      const task = yield* openTask(20);
      const layers = task.model.layers.filter(({ name }) => name === "conv2");
      const { figures: [geometric, , purity] } = yield* evaluateClusters(
        task,
        layers,
        1,
        {
          clusters: 6,
          pca: 8,
        },
      );
      assert.ok(geometric!.value > 0.1, `${geometric!.value}`);
      assert.ok(purity!.value > 0.4, `${purity!.value}`);
      assert.equal(geometric!.protocol, "k-means, k = 6, PCA 8");
      assert.equal(geometric!.images, 60);
      assert.deepEqual(geometric!.dimensions, { asked: 8, kept: 8 });
      const many = { clusters: 6, pca: 200 };
      const [evaluated, again] = yield* Effect.forEach(
        [1, 2],
        () => evaluateClusters(task, layers, 1, many),
      );
      const { asked, kept } = evaluated!.figures[0]!.dimensions!;
      assert.ok(asked === 200 && kept > 8 && kept <= 59, `${kept} kept`);
      // What was kept of the first time says the same.
      assert.deepEqual(again, evaluated);
    }).pipe(Effect.provide(services)),
);
