/**
 * `choose-clusters IMAGES|FEATURES.npy`: how many clusters the data support, by
 * how far clusterings of different parts of it agree.
 *
 * @module
 */
import {
  adviseClusters,
  clusteredFraction,
  clusterLadder,
} from "@deepcluster/clustering";
import {
  choicePage,
  type ClusterSweep,
  requirePage,
} from "@deepcluster/report";
import { layerTypedEngine } from "@deepcluster/runs";
import {
  digestOf,
  encoded,
  type NpyRowsError,
  openNpy,
  writeDurably,
} from "@deepcluster/storage";
import { fromHere, presentOnly, shown } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { availableParallelism } from "node:os";
import { ChooseClustersError } from "./choose_errors.ts";
import { chosenRows, labelsOfRows, sampledRows } from "./choose_features.ts";
import { featuresOfShortRun } from "./choose_images.ts";
import { choiceText } from "./choose_output.ts";
import { cachedSweep } from "./choose_sweep.ts";
import type { presets } from "./configs/mod.ts";
import type { Values } from "./choose_clusters_flags.ts";

/** Does what `choose-clusters` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ json, ...flags }: Values) {
    const { draws, pca, seed } = flags;
    const { out } = presentOnly({ out: Option.map(flags.out, fromHere) });
    if (out !== undefined) {
      yield* requirePage(out, "choose a number of clusters");
    }
    const cache = fromHere(flags.cache);
    const { all, identity, labels, images, features } = yield* rowsOf({
      ...flags,
      cache,
    });
    const chosen = sampledRows(all.rows, flags.sample, seed);
    const clusters = yield* numbersFor(flags.clusters, chosen.length);
    if (chosen.length < all.rows) {
      yield* Effect.logInfo(
        `Using ${chosen.length} of ${all.rows} rows, drawn at random; ` +
          "--sample uses more",
      );
    }
    const { sweep, dimensions } = yield* cachedSweep(
      yield* chosenRows<NpyRowsError>(all, chosen),
      { ...identity, rows: all.rows, sampled: chosen.length },
      { clusters, pca, draws, seed },
      labels && Int32Array.from(chosen, (row) => labels[row]!),
      cache,
    );
    const choice: ClusterSweep = {
      data: flags.data,
      images,
      sampled: chosen.length,
      dimensions,
      draws,
      seed,
      ...features !== undefined && { features },
      sweep,
      advice: adviseClusters(sweep, images),
    };
    if (out !== undefined) {
      yield* writeDurably(out, encoded(yield* choicePage(choice)));
      yield* Effect.logInfo(`Wrote ${shown(out)}`);
    }
    yield* Console.log(json ? JSON.stringify(choice) : choiceText(choice));
  },
  (work, flags) =>
    work.pipe(Effect.scoped, Effect.provide(layerTypedEngine(flags))),
);

/** What is clustered, whether it is there or must be learned. */
const rowsOf = Effect.fnUntraced(function* (
  flags: {
    readonly data: string;
    readonly preset: keyof typeof presets;
    readonly epochs: number;
    readonly sample: number;
    readonly seed: number;
    readonly labels: Option.Option<string>;
    readonly labelColumn: Option.Option<string>;
    readonly threads: Option.Option<number>;
    readonly cache: string;
    readonly clusters: Option.Option<readonly number[]>;
  },
) {
  const column = Option.getOrUndefined(flags.labelColumn);
  if (/\.npy$/i.test(flags.data)) {
    const path = fromHere(flags.data);
    const all = yield* openNpy(path);
    const labels = Option.isNone(flags.labels)
      ? undefined
      : yield* labelsOfRows(path, all.rows, flags.labels.value, column);
    const { sha256 } = yield* digestOf(path);
    return {
      all,
      identity: { sha256 },
      labels,
      images: all.rows,
      features: undefined,
    };
  }
  if (Option.isSome(flags.labels)) {
    return yield* new ChooseClustersError({
      rule: "--labels goes with a .npy file; images have labels of their own",
      found: `${flags.data}, --labels ${flags.labels.value}`,
    });
  }
  const { preset, epochs, sample, seed, cache } = flags;
  const { rows, words, ...learned } = yield* featuresOfShortRun(flags.data, {
    preset,
    epochs,
    sample,
    seed,
    cache,
    threads: Option.getOrElse(flags.threads, availableParallelism),
    ...column !== undefined && { labelColumn: column },
    requireEnough: (images) => numbersFor(flags.clusters, images),
  });
  return { labels: undefined, ...learned, all: rows, features: words };
});

/** Each part that is clustered must have an image for each cluster. */
const numbersFor = Effect.fnUntraced(function* (
  given: Option.Option<readonly number[]>,
  points: number,
) {
  const numbers = Option.match(given, {
    onNone: () => clusterLadder(points),
    onSome: (numbers) => [...new Set(numbers)].sort((a, b) => a - b),
  });
  const images = `${points} image${points === 1 ? "" : "s"}`;
  const largest = Math.floor(points * clusteredFraction);
  if (numbers.length === 0) {
    return yield* new ChooseClustersError({
      rule: "there must be at least 40 images",
      found: images,
    });
  }
  if (numbers.at(-1)! <= largest) return numbers;
  return yield* new ChooseClustersError({
    rule:
      `--clusters must be at most 0.8 times the number of images, ${largest}`,
    found: `${numbers.at(-1)} clusters, ${images}`,
  });
});
