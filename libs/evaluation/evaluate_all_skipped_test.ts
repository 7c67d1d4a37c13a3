import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
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
import { mergeResults } from "./results.ts";
import { evaluateAll } from "./evaluate_all.ts";
import assert from "node:assert/strict";

const services = Layer.merge(Assigner.layerBackend, Progress.layerSilent).pipe(
  Layer.provideMerge(layerOnnx({ provider: "cpu", threads: 1 })),
);

/** A task whose model is of a run on other images. */
const taskOfRun = Effect.fnUntraced(function* (clusters: number) {
  const task = yield* openTask(9);
  const configuration = yield* parseConfiguration(
    { images: "/made", clusters, pca: 4 },
    runFiles.config,
  );
  const { folder } = task;
  const [id] = task.data.source.ids;
  yield* writeAssignments(folderStore(folder), 1, {
    paths: [id!, "other.png", "elsewhere.png"],
    clusters: Int32Array.of(0, 1, 0),
  });
  const ids = [id!, "other.png", "elsewhere.png"];
  const sha256s = ids.map((_, i) => String(i).repeat(64));
  yield* writeRunImages(folderStore(folder), { ids, sha256s, leftOut: [] });
  const run: EvaluatedRun = { folder, epoch: 1, configuration, skipped: [] };
  return { ...task, model: { ...task.model, name: "ours", run } };
});

effectTest(
  "evaluateAll() names every protocol that it leaves out, with the reason",
  () =>
    Effect.gen(function* () {
      const task = yield* taskOfRun(28);
      const options = { layers: ["features"], probe: { epochs: 2 } };
      const first = yield* evaluateAll(task, 1, options);
      const second = yield* evaluateAll(task, 2, options);
      const { figures, skipped } = mergeResults([first, second]);
      assert.deepEqual(skipped, [
        ...["knn, k = 20", "knn, k = 200"].map((what) => ({
          what,
          reason: "more than half of 21 training images, so k = 5",
        })),
        {
          what: "k-means, k = 28",
          reason: "27 images; --clusters sets another number",
        },
        {
          what: "linear, 10 images a class",
          reason: "class across has 7 to learn from",
        },
        {
          what: "the run's own clusters",
          reason: "1 of the run's 3 images are among these",
        },
      ]);
      const protocols = new Set(figures.map(({ protocol }) => protocol));
      assert.deepEqual([...protocols], [
        "linear, 2 epochs",
        "knn, k = 5",
        "linear, 1 image a class",
        "linear, 5 images a class",
      ]);
    }).pipe(Effect.provide(services)),
);

effectTest(
  "evaluateAll() leaves nothing out that was asked for: it fails before the first probe",
  () =>
    Effect.gen(function* () {
      const task = yield* taskOfRun(5);
      for (
        const [options, message] of [
          [{ k: [22] }, /--neighbours 22, 21 training images/],
          [{ shots: [8] }, /--shots 8, class across has 7/],
          [{ clusters: 28 }, /clusters.*28/],
        ] as const
      ) {
        const error = yield* Effect.flip(evaluateAll(task, 1, options));
        assert.match(error.message, message);
      }
    }).pipe(Effect.provide(services)),
);
