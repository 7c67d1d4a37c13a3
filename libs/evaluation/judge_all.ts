/**
 * Everything that fits the images, for a model beside untrained weights of the
 * same network and the pixels: the only fair reading of a figure on few images.
 *
 * @module
 */
import type { Skipped } from "@deepcluster/metrics";
import {
  type JudgedModel,
  judgedPixels,
  randomWeights,
} from "@deepcluster/runs";
import { Effect } from "effect";
import { type Bench, layersNamed, splitFor, trainingClasses } from "./bench.ts";
import { type Figure, type Judged, together } from "./figures.ts";
import {
  judgeAssignments,
  judgeClusters,
  requireClusters,
} from "./judge_clusters.ts";
import { judgeKnn } from "./judge_knn.ts";
import { judgeLinear, type LinearOptions } from "./judge_linear.ts";
import { judgeLowShot } from "./judge_low_shot.ts";
import { requireNeighbours, usualNeighbours, usualTemperature } from "./knn.ts";
import { requireShots, usualShots } from "./low_shot.ts";
import { settingsOf } from "./probe_options.ts";

/** What {@link judgeAll} judges and how; the usual values when absent. */
export interface AllOptions {
  /** Layers of the linear probes; all when absent. */
  readonly layers?: readonly string[];
  /** How linear probes are trained. */
  readonly probe?: LinearOptions;
  /** Numbers of neighbours. Default: `usualNeighbours`. */
  readonly k?: readonly number[];
  /** Number of clusters; the run's, else ten for each class, if that many fit. */
  readonly clusters?: number;
  /** Dimensions kept by PCA; the run's, else 256. */
  readonly pca?: number;
  /** Images of a class. Default: `usualShots`. */
  readonly shots?: readonly number[];
}

/**
 * Judges a model, random weights and pixels with one seed.
 *
 * @param bench The model before the images.
 * @param seed Names all draws, and the random weights.
 * @param options See {@link AllOptions}.
 * @returns Linear probes, neighbours, clusters, low-shot probes, in this
 * order; within each the pixels, random weights, the model; no figures of
 * probes that diverged; every protocol that was left out, with the reason. Or
 * the errors of the judges.
 */
export const judgeAll = Effect.fn("judgeAll")(function* (
  bench: Bench,
  seed: number,
  options: AllOptions = {},
) {
  const benches = modelsBeside(bench.model, seed)
    .map((model): Bench => ({ ...bench, model }));
  const { clusters, k, pca, shots, skipped } = yield* fitting(
    bench,
    seed,
    options,
  );
  yield* settingsOf({ ...options.probe, seed });
  const found: (Judged | readonly Figure[])[] = [
    { figures: [], diverged: [], skipped },
  ];
  for (const one of benches) {
    const all = one.model.layers.map(({ name }) => name);
    const layers = yield* layersNamed(one.model, options.layers ?? all);
    found.push(yield* judgeLinear(one, layers, seed, options.probe));
  }
  const clustered = (model: JudgedModel) => layersNamed(model, ["features"]);
  for (const one of benches) {
    const layers = yield* clustered(one.model);
    found.push(yield* judgeKnn(one, layers, seed, { k }));
  }
  for (const one of clusters === undefined ? [] : benches) {
    const layers = yield* clustered(one.model);
    found.push(
      yield* judgeClusters(one, layers, seed, { clusters: clusters!, pca }),
    );
  }
  found.push(yield* ownClusters(bench));
  for (const one of shots.length === 0 ? [] : benches) {
    const layers = yield* clustered(one.model);
    found.push(yield* judgeLowShot(one, layers, seed, { shots }));
  }
  return together(found);
});

/**
 * A model with what it is compared with.
 *
 * @param model The model.
 * @param seed Names the random weights.
 * @returns Pixels, random weights of the same network, the model; each once.
 */
export const modelsBeside = (
  model: JudgedModel,
  seed: number,
): readonly JudgedModel[] => {
  const { network } = model;
  if (network === undefined) return [model];
  const random = randomWeights(network, seed);
  const others = [judgedPixels(model.size), random];
  return model.name === random.name ? others : [...others, model];
};

/**
 * Options, with what is left out chosen to fit the images; checked here, since
 * a judge that comes last must not refuse what the first could have.
 */
const fitting = Effect.fnUntraced(function* (
  bench: Bench,
  seed: number,
  options: AllOptions,
) {
  const { images, model } = bench;
  const training = trainingClasses(bench, yield* splitFor(bench, seed));
  const learned = training.labels.length;
  const run = model.run?.configuration;
  const usual = run?.clusters ?? 10 * images.classNames.length;
  const near = usualNeighbours(learned);
  const few = usualShots(training);
  const pca = options.pca ?? run?.pca ?? 256;
  const clusters = options.clusters ??
    (usual <= images.size ? usual : undefined);
  const k = options.k ?? near.k;
  const shots = options.shots ?? few.shots;
  if (clusters !== undefined) {
    yield* requireClusters(clusters, pca, images.size);
  }
  yield* requireNeighbours(k, usualTemperature, learned);
  yield* requireShots(training, shots);
  const skipped: readonly Skipped[] = [
    ...options.k ? [] : near.skipped,
    ...clusters !== undefined ? [] : [{
      what: `k-means, k = ${usual}`,
      reason: `${images.size} images; --clusters sets another number`,
    }],
    ...options.shots ? [] : few.skipped,
  ];
  return { clusters, k, pca, shots, skipped };
});

/** A run on other images has no clusters of these. */
const ownClusters = Effect.fnUntraced(function* (bench: Bench) {
  const { run } = bench.model;
  if (run === undefined) return [];
  return yield* judgeAssignments(bench, run).pipe(
    Effect.catchTags({
      ForeignAssignmentsError: ({ images, labelled, other }) =>
        Effect.succeed<Judged>({
          figures: [],
          diverged: [],
          skipped: [{
            what: "the run's own clusters",
            reason: other === undefined
              ? `${labelled} of the run's ${images} images are among these`
              : `other content than the run's: ${other}`,
          }],
        }),
    }),
  );
});
