/**
 * The sweep of `choose-clusters`: its time told beforehand, and each
 * clustering kept, so that the same command goes on where it was stopped.
 *
 * @module
 */
import {
  fitWhitening,
  kmeans,
  type SampleClustering,
  structurelessPoints,
  sweepClusters,
  type SweepStep,
  whitenRows,
} from "@deepcluster/clustering";
import {
  intTensor,
  type Matrix,
  Progress,
  type RowReader,
} from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import {
  folderStore,
  keyOf,
  loadTensors,
  makeFolder,
  saveTensors,
} from "@deepcluster/storage";
import { formatSeconds } from "@deepcluster/terminal";
import { Clock, Effect } from "effect";
import { join } from "node:path";

/** Everything that decides a sweep, apart from the rows. */
export interface SweepSettings {
  /** Numbers of clusters, ascending. */
  readonly clusters: readonly number[];
  /** Dimensions that PCA keeps. */
  readonly pca: number;
  /** Clusterings of each number. */
  readonly draws: number;
  /** Seed of every draw. */
  readonly seed: number;
}

/** Starts of k-means, of which the best is kept. */
const starts = 3;
/** Lloyd iterations, as in training. */
const iterations = 20;

/**
 * Reduces rows and clusters them into each number of clusters.
 *
 * @param rows `[n, d]`.
 * @param identity What tells these rows from others: the digest of their file,
 * and which of its rows they are.
 * @param settings See {@link SweepSettings}.
 * @param labels Class of each row, for judging.
 * @param cache Folder that keeps finished clusterings.
 * @returns The figures and the dimensions that were clustered, or the errors
 * of reduction, of k-means and of the cache.
 */
export const cachedSweep = Effect.fn("cachedSweep")(function* <E>(
  rows: RowReader<E>,
  identity: unknown,
  { clusters, pca, draws, seed }: SweepSettings,
  labels: Int32Array | undefined,
  cache: string,
) {
  const progress = yield* Progress;
  const { info } = yield* Backend;
  const whitening = yield* fitWhitening(rows, { components: pca, seed });
  const points = yield* whitenRows(rows, whitening);
  const structureless = yield* structurelessPoints(
    points.rows,
    points.columns,
    seed,
  );
  const inputs = { identity, pca, seed, starts, iterations };
  // The format goes up when the points that are clustered change, too.
  const key = keyOf({ ...inputs, engine: info.identity, format: 5 });
  const kept = yield* keptClusterings(join(cache, "clusterings", key));
  yield* sayTime(points, clusters, draws, seed);
  const sweep = yield* sweepClusters(points, structureless, {
    clusters,
    draws,
    starts,
    iterations,
    seed,
    ...labels && { labels },
    cached: kept,
    onProgress: (done, total) =>
      progress.report({
        phase: "choose",
        done,
        total,
        unit: "clusters",
      }),
  });
  return { sweep, dimensions: points.columns };
});

/** Clusterings are small: four bytes a point. */
const keptClusterings = Effect.fnUntraced(function* (folder: string) {
  yield* makeFolder(folder);
  const store = folderStore(folder);
  return Effect.fnUntraced(function* <E, R>(
    { points, k, draw }: SweepStep,
    compute: Effect.Effect<SampleClustering, E, R>,
  ) {
    const file = `${points}-${k}-${draw}.safetensors`;
    const kept = yield* Effect.option(loadTensors(store, file));
    if (kept._tag === "Some") {
      const { tensors, metadata } = kept.value;
      return {
        assignments: tensors["assignments"]!.data as Int32Array,
        heldOutExplained: Number(metadata["heldOutExplained"]),
      };
    }
    const found = yield* compute;
    const { assignments, heldOutExplained } = found;
    yield* saveTensors(store, file, {
      assignments: intTensor([assignments.length], assignments),
    }, { heldOutExplained: String(heldOutExplained) }).pipe(
      // A vector of integers keeps the format's rules.
      Effect.catchTags({ SafetensorsError: Effect.die }),
    );
    return found;
  });
});

/** Measures two iterations at the smallest and at the largest number. */
const sayTime = Effect.fnUntraced(function* (
  points: Matrix,
  clusters: readonly number[],
  draws: number,
  seed: number,
) {
  const secondsAt = Effect.fnUntraced(function* (k: number) {
    const startMs = yield* Clock.currentTimeMillis;
    yield* kmeans(points, { k, iterations: 2, seed });
    return ((yield* Clock.currentTimeMillis) - startMs) / 1000;
  });
  const [least, most] = [clusters[0]!, clusters.at(-1)!];
  yield* secondsAt(least);
  const atLeast = yield* secondsAt(least);
  const perCluster = least === most
    ? 0
    : ((yield* secondsAt(most)) - atLeast) / (most - least);
  const once = clusters.reduce(
    (sum, k) => sum + Math.max(0, atLeast + perCluster * (k - least)),
    0,
  );
  const runs = 2 * draws * starts;
  const seconds = once * runs * (iterations + 1) / 3;
  yield* Effect.logInfo(
    `Trying ${
      least === most
        ? `${least} clusters`
        : `${clusters.length} numbers of clusters, ${least} to ${most}`
    }, ` +
      `${draws} times each, and as often on points ` +
      `without groups: about ${formatSeconds(seconds)}, less what was ` +
      "computed before",
  );
});
