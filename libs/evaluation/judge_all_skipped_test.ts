import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { layerOnnx } from "@deepcluster/gpu-backend";
import {
  type JudgedRun,
  parseConfiguration,
  runFiles,
  writeAssignments,
  writeRunImages,
} from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { openBench } from "./bench_testing.ts";
import { together } from "./figures.ts";
import { judgeAll } from "./judge_all.ts";
import assert from "node:assert/strict";

const services = Layer.merge(Assigner.layerBackend, Progress.layerSilent).pipe(
  Layer.provideMerge(layerOnnx({ provider: "cpu", threads: 1 })),
);

/** A bench whose model is of a run on other images. */
const benchOfRun = Effect.fnUntraced(function* (clusters: number) {
  const bench = yield* openBench(9);
  const configuration = yield* parseConfiguration(
    { images: "/made", clusters, pca: 4 },
    runFiles.config,
  );
  const { folder } = bench;
  const [id] = bench.data.source.ids;
  yield* writeAssignments(folderStore(folder), 1, {
    paths: [id!, "other.png", "elsewhere.png"],
    clusters: Int32Array.of(0, 1, 0),
  });
  const ids = [id!, "other.png", "elsewhere.png"];
  const sha256s = ids.map((_, i) => String(i).repeat(64));
  yield* writeRunImages(folderStore(folder), { ids, sha256s, leftOut: [] });
  const run: JudgedRun = { folder, epoch: 1, configuration, skipped: [] };
  return { ...bench, model: { ...bench.model, name: "ours", run } };
});

effectTest(
  "judgeAll() names every protocol that it leaves out, with the reason",
  () =>
    Effect.gen(function* () {
      const bench = yield* benchOfRun(28);
      const options = { layers: ["features"], probe: { epochs: 2 } };
      const first = yield* judgeAll(bench, 1, options);
      const second = yield* judgeAll(bench, 2, options);
      const { figures, skipped } = together([first, second]);
      assert.deepEqual(skipped, [
        { what: "knn, k = 200", reason: "21 training images" },
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
        "knn, k = 20",
        "linear, 1 image a class",
        "linear, 5 images a class",
      ]);
    }).pipe(Effect.provide(services)),
);

effectTest(
  "judgeAll() leaves nothing out that was asked for: it fails before the first probe",
  () =>
    Effect.gen(function* () {
      const bench = yield* benchOfRun(5);
      for (
        const [options, message] of [
          [{ k: [22] }, /--neighbours 22, 21 training images/],
          [{ shots: [8] }, /--shots 8, class across has 7/],
          [{ clusters: 28 }, /clusters.*28/],
        ] as const
      ) {
        const error = yield* Effect.flip(judgeAll(bench, 1, options));
        assert.match(error.message, message);
      }
    }).pipe(Effect.provide(services)),
);
