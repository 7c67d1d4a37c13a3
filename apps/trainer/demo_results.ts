/**
 * The table that the demo ends with: what its run learned, beside random
 * weights and pixels.
 *
 * @module
 */
import {
  combineSeeds,
  judgeAll,
  openJudged,
  openJudgedData,
  openJudgedImages,
  resultsAs,
} from "@deepcluster/evaluation";
import { layerBackend } from "@deepcluster/gpu-backend";
import { layerProgress } from "@deepcluster/terminal";
import type { RunConfiguration } from "@deepcluster/training";
import { Effect, Layer } from "effect";
import { join } from "node:path";

const seed = 1;

/**
 * Judges the run of the demo with one seed: the features that were clustered,
 * a fifth of the emoji held out.
 *
 * @param folder The run folder.
 * @param data Folder of the rendered emoji.
 * @param configuration The run's settings.
 * @returns The table, or the error of what failed.
 */
export const demoResults = (
  folder: string,
  data: string,
  { engine, provider, threads, extractBatch }: RunConfiguration,
) =>
  Effect.gen(function* () {
    const model = yield* openJudged(folder, { seed });
    const emoji = yield* openJudgedData(data);
    const cache = join(folder, "evaluations/cache");
    const images = yield* openJudgedImages(emoji, {
      size: model.size,
      folder: cache,
    });
    const bench = {
      model,
      data: emoji,
      images,
      folder: cache,
      batch: extractBatch,
    };
    const figures = yield* judgeAll(bench, seed, {
      layers: ["features"],
      probe: { standardise: true, learningRate: 0.002, epochs: 45 },
      k: [20],
      shots: [],
    });
    const main = ["top-1 accuracy", "NMI, geometric mean"];
    return resultsAs(
      combineSeeds(
        figures.filter(({ statistic, layer }) =>
          main.includes(statistic) && layer !== "assignments"
        ),
      ),
      "text",
    );
  }).pipe(
    Effect.scoped,
    Effect.provide(
      Layer.merge(
        layerBackend({ engine, provider, threads }),
        layerProgress(),
      ),
    ),
  );
