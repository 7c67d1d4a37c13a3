import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { openModel } from "@deepcluster/runs";
import { effectTest, makeClasses } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EvaluationTask, untrainedClassNames } from "./task.ts";
import { evaluateAll } from "./evaluate_all.ts";
import { evaluateKnn } from "./knn/evaluate_knn.ts";
import { evaluateLinear } from "./linear_probe/evaluate_linear.ts";
import { evaluateLowShot } from "./low_shot/evaluate_low_shot.ts";
import { openEvaluationData } from "./evaluation_data.ts";
import { openEvaluationImages } from "./evaluation_images.ts";
import assert from "node:assert/strict";

const services = Layer.merge(Assigner.layerBackend, Progress.layerSilent).pipe(
  Layer.provideMerge(layerOnnx({ provider: "cpu", threads: 1 })),
);

/** A small net before the images that `make` puts into a folder. */
const taskOf = (
  make: (folder: string) => Promise<unknown>,
  options: object = {},
) =>
  Effect.gen(function* () {
    const root = yield* Effect.promise(() => mkdtemp(join(tmpdir(), "few-")));
    yield* Effect.promise(() => make(join(root, "images")));
    const data = yield* openEvaluationData(join(root, "images"), options);
    const images = yield* openEvaluationImages(data, {
      size: 16,
      folder: root,
    });
    const model = yield* openModel("random", {
      model: "small",
      size: 16,
      seed: 1,
    });
    const task = { model, data, images, folder: join(root, "cache") };
    const layers = model.layers.filter(({ name }) => name === "conv2");
    return { task: task satisfies EvaluationTask, layers };
  });

effectTest(
  "protocols give figures when only the test part has a class, and count it",
  () =>
    Effect.gen(function* () {
      const { task, layers } = yield* taskOf(async (folder) => {
        await makeClasses(join(folder, "train"), 8);
        await makeClasses(join(folder, "test"), 4, 9);
        await rm(join(folder, "train/rings"), { recursive: true });
      });
      assert.deepEqual(yield* untrainedClassNames(task, 1), ["rings"]);
      const { figures: near } = yield* evaluateKnn(task, layers, 1, { k: [3] });
      const { figures: linear } = yield* evaluateLinear(task, layers, 1, {
        epochs: 5,
      });
      const { figures: few } = yield* evaluateLowShot(task, layers, 1, {
        shots: [2],
        steps: 20,
      });
      for (const figure of [near[0]!, linear[0]!, few[0]!]) {
        assert.deepEqual([figure.classes, figure.untrainedClasses], [3, 1]);
        assert.equal(figure.images, 12);
      }
      assert.ok(near[0]!.value <= 8 / 12, `${near[0]!.value}: rings, too`);
      assert.equal(few[0]!.learnedFrom, 4);
      const all = yield* evaluateAll(task, 1, {
        layers: ["conv2"],
        probe: { epochs: 2 },
        clusters: 3,
        pca: 4,
      });
      assert.ok(all.figures.length > 0);
    }).pipe(Effect.provide(services)),
);

effectTest(
  "protocols see only classes with an image that can be decoded",
  () =>
    Effect.gen(function* () {
      const { task, layers } = yield* taskOf(async (folder) => {
        await makeClasses(folder, 12);
        await rename(
          join(folder, "down/000.png"),
          join(folder, "across/more.png"),
        );
        await rm(join(folder, "down"), { recursive: true });
        await makeClasses(join(folder, "made"), 1);
        await rename(join(folder, "made/down"), join(folder, "broken"));
        await rm(join(folder, "made"), { recursive: true });
        await writeFile(join(folder, "broken/000.png"), "no image");
      });
      assert.deepEqual(task.data.labels.names, ["across", "broken", "rings"]);
      assert.deepEqual(task.images.classNames, ["across", "rings"]);
      const { figures: [figure] } = yield* evaluateKnn(task, layers, 1, {
        k: [3],
      });
      assert.deepEqual([figure!.classes, figure!.untrainedClasses], [
        2,
        undefined,
      ]);
    }).pipe(Effect.provide(services)),
);

effectTest(
  "protocols give figures when few training images leave a class out",
  () =>
    Effect.gen(function* () {
      const { task, layers } = yield* taskOf(
        (folder) => makeClasses(folder, 5),
        { limit: 2 },
      );
      const seed = yield* Effect.filter(
        [1, 2, 3, 4],
        (seed) =>
          Effect.map(
            untrainedClassNames(task, seed),
            ({ length }) => length === 1,
          ),
      );
      const { figures: [figure] } = yield* evaluateKnn(task, layers, seed[0]!, {
        k: [1],
      });
      assert.deepEqual(
        [figure!.learnedFrom, figure!.classes, figure!.untrainedClasses],
        [2, 3, 1],
      );
    }).pipe(Effect.provide(services)),
);
