import { Assigner } from "@deepcluster/clustering";
import { floatTensor, Progress } from "@deepcluster/core";
import {
  type EvaluatedLayer,
  type FeaturesInputs,
  featuresKey,
  layerFile,
} from "@deepcluster/features";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { small } from "@deepcluster/models";
import { modelIdentity, type ModelInputs } from "@deepcluster/runs";
import {
  assertAllCount,
  type Changes,
  effectTest,
  oneByOne,
} from "@deepcluster/test";
import { Effect, Layer } from "effect";
import type { EvaluationTask } from "./task.ts";
import { openTask } from "./task_testing.ts";
import {
  dataIdentity,
  type DataInputs,
  imagesIdentity,
  type ImagesInputs,
  type ResultInputs,
  resultKey,
  type SurveyInputs,
  surveyKey,
} from "./cache_keys.ts";
import type { EvaluationResult, MetricResult } from "./results.ts";
import { evaluateClusters } from "./clusters/evaluate_clusters.ts";
import { evaluateKnn } from "./knn/evaluate_knn.ts";
import { evaluateLinear } from "./linear_probe/evaluate_linear.ts";
import { evaluateLowShot } from "./low_shot/evaluate_low_shot.ts";
import assert from "node:assert/strict";

const layer: EvaluatedLayer = {
  name: "conv1",
  layerOutput: "features.2",
  pool: { kernel: 2, stride: 2, padding: 0 },
  columns: 64,
};
const layers: Changes<EvaluatedLayer> = {
  name: ["conv2"],
  layerOutput: ["features.1"],
  pool: [
    { kernel: 3, stride: 2, padding: 0 },
    { kernel: 2, stride: 3, padding: 0 },
    { kernel: 2, stride: 2, padding: 1 },
  ],
  columns: [32],
};
const features: FeaturesInputs = {
  model: "a",
  images: "b",
  crops: "centre",
  batch: 32,
  engine: { engine: "onnx", provider: "cpu", threads: 1, version: "x 1" },
};
const engines: Changes<FeaturesInputs["engine"]> = {
  engine: ["reference"],
  provider: ["webgpu"],
  threads: [2],
  version: ["x 2"],
};
const featureChanges: Changes<FeaturesInputs> = {
  model: ["b"],
  images: ["a"],
  crops: ["ten"],
  batch: [16],
  engine: oneByOne(features.engine, engines),
};

Deno.test("featuresKey() and layerFile() change with each of their inputs", () => {
  assertAllCount(featuresKey, features, featureChanges);
  assertAllCount(layerFile, layer, layers);
  const { pool: _, ...unpooled } = layer;
  assert.notEqual(layerFile(unpooled), layerFile(layer));
});

Deno.test("layerFile() finds the files of version 0.1.0", () => {
  assert.equal(layerFile(layer), "conv1-a21a95e42b42.f32");
  const pixels = { name: "pixels", columns: 48 };
  assert.equal(layerFile(pixels), "pixels-b5830656f6db.f32");
});

Deno.test("resultKey() finds the results of version 0.9.0", () => {
  const key = resultKey({
    ...features,
    protocol: "linear",
    layer,
    train: { images: Int32Array.of(0, 1), labels: Int32Array.of(1, 0) },
    test: { images: Int32Array.of(2), labels: Int32Array.of(1) },
    classNames: ["x", "y"],
    seed: 3,
    options: { steps: 5 },
  });
  assert.equal(key, "82459453453e55b07d9d4402");
});

Deno.test("surveyKey() changes with each of its inputs", () =>
  assertAllCount<SurveyInputs>(surveyKey, {
    source: "/a",
    maxShortSide: 32,
    decoder: "d 1",
  }, { source: ["/b"], maxShortSide: [64], decoder: ["d 2"] }));

Deno.test("imagesIdentity() changes with content, order, size and decoder", () => {
  const digests = Uint8Array.from({ length: 96 }, (_, i) => i);
  const swapped = [...digests.slice(32, 64), ...digests.slice(0, 32)];
  assertAllCount<ImagesInputs>(imagesIdentity, {
    digests,
    size: 32,
    maxShortSide: 64,
    decoder: "d 1",
  }, {
    digests: [
      digests.with(95, 0),
      digests.slice(0, 64),
      Uint8Array.from([...swapped, ...digests.slice(64)]),
    ],
    size: [48],
    maxShortSide: [72, Infinity],
    decoder: ["d 2"],
  });
});

Deno.test("dataIdentity() changes with content, labels and split", () => {
  const digests = Uint8Array.from({ length: 128 }, (_, i) => i);
  const part = (images: number[], labels: number[]) => ({
    images: Int32Array.from(images),
    labels: Int32Array.from(labels),
  });
  assertAllCount<DataInputs>(dataIdentity, {
    digests,
    train: part([0, 1], [0, 1]),
    test: part([2], [0]),
  }, {
    digests: [digests.with(95, 0)],
    train: [part([0, 3], [0, 1]), part([0, 1], [1, 1]), part([0], [0])],
    test: [part([3], [0]), part([2], [1]), part([2, 3], [0, 0])],
  });
  assert.notEqual(
    dataIdentity({ digests, train: part([0], [0]), test: part([], []) }),
    dataIdentity({ digests, train: part([], []), test: part([0], [0]) }),
  );
});

Deno.test("modelIdentity() changes with the network, and names, shapes and values of parameters", () => {
  const networkOf = (options: Parameters<typeof small>[0]) =>
    Effect.runSync(small({ size: 16, channels: [4], units: [5], ...options }));
  const data = Float32Array.of(1, 2, 3, 4);
  const weight = floatTensor([2, 2], data);
  assertAllCount<ModelInputs>(modelIdentity, {
    network: networkOf({ sobel: true }),
    parameters: { weight, bias: floatTensor([0]) },
  }, {
    network: [
      networkOf({ sobel: false }),
      networkOf({ sobel: true, channels: [6] }),
    ],
    parameters: [
      { weight },
      { bias: weight, weight: floatTensor([0]) },
      { weight: floatTensor([4, 1], data), bias: floatTensor([0]) },
      { weight: floatTensor([2, 2], data.with(3, 5)), bias: floatTensor([0]) },
      {
        weight: floatTensor([2, 1], data.slice(0, 2)),
        bias: floatTensor([2], data.slice(2)),
      },
    ],
  });
});

Deno.test("resultKey() changes with each of its inputs, labels and names of classes among them", () => {
  const [images, labels] = [Int32Array.of(0, 1, 2), Int32Array.of(0, 1, 0)];
  const part = { images, labels };
  const parts = [
    { images: Int32Array.of(0, 1, 3), labels },
    { images: images.slice(1), labels: labels.slice(1) },
    { images, labels: Int32Array.of(0, 1, 1) },
    { images: labels, labels: images },
  ];
  const inputs: ResultInputs = {
    ...features,
    protocol: "knn",
    layer,
    train: part,
    test: { images: Int32Array.of(3, 4), labels: Int32Array.of(1, 0) },
    classNames: ["cat", "dog"],
    seed: 1,
    options: { k: [1, 5], temperature: 0.07 },
  };
  assertAllCount<ResultInputs>(resultKey, inputs, {
    ...featureChanges,
    protocol: ["linear", "low-shot", "clusters"],
    layer: oneByOne(layer, layers),
    train: parts,
    test: parts,
    classNames: [["dog", "cat"], ["cat", "dog", "emu"], ["cat,dog"]],
    seed: [2],
    options: [{ k: [1, 5] }, { k: [5, 1], temperature: 0.07 }, {
      k: [1, 5],
      temperature: 0.1,
    }],
  });
  const { train: test, test: train } = inputs;
  assert.notEqual(resultKey({ ...inputs, train, test }), resultKey(inputs));
});

const services = Layer.merge(Assigner.layerBackend, Progress.layerSilent).pipe(
  Layer.provideMerge(layerOnnx({ provider: "cpu", threads: 1 })),
);

/** Every protocol whose results are kept. */
const protocols = (task: EvaluationTask) => {
  const layers = task.model.layers.slice(-1);
  const few = { epochs: 2, standardise: true };
  return {
    knn: evaluateKnn(task, layers, 1, { k: [3] }),
    linear: evaluateLinear(task, layers, 1, few),
    augmented: evaluateLinear(task, layers, 1, { ...few, augment: true }),
    "low-shot": evaluateLowShot(task, layers, 1, { shots: [2], steps: 5 }),
    clusters: evaluateClusters(task, layers, 1, { clusters: 3, pca: 4 }),
  };
};

const figuresOf = (found: EvaluationResult | readonly MetricResult[]) =>
  ("figures" in found ? found.figures : found as readonly MetricResult[])
    .map(({ seconds: _, ...figure }) => figure);

effectTest(
  "every protocol gives with other labels in the same folder what it gives " +
    "in a fresh one",
  () =>
    Effect.gen(function* () {
      const task = yield* openTask(6);
      const names = task.data.labels.names;
      const relabelled =
        (labelOf: (label: number, image: number) => number) =>
        (at: Int32Array) => at.map(labelOf);
      /** Benches that differ from the first in one thing only. */
      const others: Readonly<Record<string, EvaluationTask>> = Object
        .fromEntries(
          Object.entries({
            mixed: relabelled((_, image) => image % 3),
            swapped: relabelled((label) => (label + 1) % 3),
            "one image": relabelled((label, image) =>
              image === 0 ? 2 - label : label
            ),
          }).map(([name, change]) => {
            const { labels } = task.images;
            const images = { ...task.images, labels: change(labels) };
            return [name, { ...task, images }];
          }),
        );
      const find = (task: EvaluationTask, folder: string) =>
        Effect.map(
          Effect.all(protocols({ ...task, folder })),
          (found) =>
            Object.fromEntries(
              Object.entries(found).map((
                [name, one],
              ) => [name, figuresOf(one)]),
            ),
        );
      const before = yield* find(task, task.folder);
      for (const [name, other] of Object.entries(others)) {
        const fresh = yield* find(other, `${task.folder}-${name}`);
        assert.deepEqual(yield* find(other, task.folder), fresh, name);
      }
      assert.notDeepEqual(
        (yield* find(others["mixed"]!, task.folder))["clusters"],
        before["clusters"],
      );
      assert.deepEqual(yield* find(task, task.folder), before);
      assert.deepEqual(names, ["across", "down", "rings"]);
    }).pipe(Effect.provide(services)),
);
