/**
 * The table that the demo ends with: what its run learned, beside random
 * weights and pixels.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import {
  combineSeeds,
  evaluateAll,
  formatResults,
  openEvaluationData,
  openEvaluationImages,
} from "@deepcluster/evaluation";
import { layerBackend, type SelectedBackend } from "@deepcluster/gpu-backend";
import { openModel, type RunConfiguration } from "@deepcluster/runs";
import { layerProgress } from "@deepcluster/terminal";
import { Effect, Layer } from "effect";
import { join } from "node:path";

const seed = 1;

/**
 * How linear probes are trained; 90 epochs, as in the paper.
 *
 * Chosen by the mean top-1 accuracy of pixels, random weights and the run on a
 * share of the training images, so that the table's images had no part in it:
 * `deno task evaluate linear MODEL data/emoji --layers features --standardise
 * --learning-rate RATE --epochs N --validation`. Learning rates 0.0005, 0.001,
 * 0.002, 0.005 and 0.01 gave 0.534, 0.545, 0.553, 0.554 and 0.550 at 45 epochs;
 * 20, 45 and 90 epochs gave 0.546, 0.554 and 0.558 at 0.005.
 */
const probe = { standardise: true, learningRate: 0.005 } as const;

/**
 * Evaluates the run of the demo with one seed: the features that were clustered,
 * a fifth of the emoji held out.
 *
 * @param folder The run folder.
 * @param data Folder of the rendered emoji.
 * @param configuration The run's settings.
 * @returns The table, or the error of what failed; needs what
 * {@link layerEvaluation} provides.
 */
export const demoResults = (
  folder: string,
  data: string,
  configuration: RunConfiguration,
) =>
  Effect.gen(function* () {
    const { extractBatch, maxUnreadableShare } = configuration;
    const model = yield* openModel(folder, { seed });
    const emoji = yield* openEvaluationData(data);
    const cache = join(folder, "evaluations/cache");
    const images = yield* openEvaluationImages(emoji, {
      size: model.size,
      folder: cache,
      maxUnreadableShare,
    });
    const task = {
      model,
      data: emoji,
      images,
      folder: cache,
      batch: extractBatch,
    };
    const { figures, diverged } = yield* evaluateAll(task, seed, {
      layers: ["features"],
      probe,
      k: [20],
      shots: [],
    });
    const main = ["top-1 accuracy", "NMI, geometric mean"];
    return formatResults(
      combineSeeds(
        figures.filter(({ statistic, layer }) =>
          main.includes(statistic) && layer !== "assignments"
        ),
      ),
      "text",
      { diverged },
    );
  }).pipe(Effect.scoped);

/**
 * Provides what evaluates a run, once it is trained.
 *
 * @param selected Its engine.
 * @returns The engine, the assigner upon it, and progress.
 */
export const layerEvaluation = (selected: SelectedBackend) =>
  Layer.merge(Assigner.layerBackend, layerProgress()).pipe(
    Layer.provideMerge(layerBackend(selected)),
  );
