/**
 * Figures with all that must be said beside them: which model, layer, split,
 * seed, crops and statistic.
 *
 * @module
 */
import type { Metric, Skipped } from "@deepcluster/metrics";
import { encoded, sha256Of } from "@deepcluster/storage";
import type { ClassCounts } from "./class_counts.ts";
import type { ProbeDivergedError } from "./linear_probe/probe_errors.ts";

/** One figure of one model. */
export interface MetricResult extends Metric, ClassCounts {
  /** `runs/demo, epoch 10`, `random`, `pixels`. */
  readonly model: string;
  /** Layer whose output was evaluated; `assignments` for a run's clusters. */
  readonly layer: string;
  /** How it was evaluated: `linear`, `knn k=20` … with what is not the default. */
  readonly protocol: string;
  /** How images were split; `all images` where they were not. */
  readonly split: string;
  /** Tells images, labels and split from all others, by content. */
  readonly dataIdentity: string;
  /** Names the draws of split, evaluate and random weights. */
  readonly seed: number;
  /** Views of a test image: `centre`, `ten`. */
  readonly crops: string;
  /** Images learned from; absent where nothing is learned. */
  readonly learnedFrom?: number;
  /** Images evaluated on. */
  readonly images: number;
  /**
   * Time from the beginning to the end of its evaluation, in which it may share
   * the processors with others; without waiting for its turn and without
   * extracting features, except those of augmented images.
   */
  readonly seconds: number;
}

/** What evaluates found. */
export interface EvaluationResult {
  /** Figures of all that could be evaluated. */
  readonly figures: readonly MetricResult[];
  /** Probes that have none. */
  readonly diverged: readonly ProbeDivergedError[];
  /** What was left out; nothing by default. */
  readonly skipped?: readonly Skipped[];
}

/**
 * Merges the results of several protocols, models or seeds.
 *
 * @param parts In the order of the table.
 * @returns All figures, all probes that have none, and what was left out, each
 * once.
 */
export const mergeResults = (
  parts: readonly EvaluationResult[],
): Required<EvaluationResult> => {
  const skipped = parts.flatMap((part) => part.skipped ?? []);
  return {
    figures: parts.flatMap((part) => part.figures),
    diverged: parts.flatMap((part) => part.diverged),
    skipped: [
      ...new Map(skipped.map((one) => [`${one.what}\n${one.reason}`, one]))
        .values(),
    ],
  };
};

/** One figure over several seeds. */
export interface CombinedResult
  extends Omit<MetricResult, "seed" | "dimensions"> {
  /** Dimensions asked of PCA, and the fewest and most that a seed kept. */
  readonly dimensions?: {
    /** As the option says. */
    readonly asked: number;
    /** Of the seed that kept fewest. */
    readonly fewest: number;
    /** Of the seed that kept most. */
    readonly most: number;
  };
  /** The seeds, in the order in which they were evaluated. */
  readonly seeds: readonly number[];
  /** MetricResult of each seed; `value` is their mean. */
  readonly values: readonly number[];
  /** Standard deviation over the seeds (divided by n - 1); absent for one. */
  readonly deviation?: number;
}

/**
 * Brings figures that differ in their seed alone together.
 *
 * @param figures Of any models, in any order.
 * @returns One figure for each kind, in the order of their first appearance:
 * the mean over the seeds; one identity of all their splits; the mean of the
 * intervals' ends, which says how far one seed's figure may be trusted; the sum
 * of the times; the most classes that a seed's split left without a training
 * image.
 */
export const combineSeeds = (
  figures: readonly MetricResult[],
): readonly CombinedResult[] => {
  const groups = new Map<string, MetricResult[]>();
  for (const figure of figures) {
    const { model, layer, protocol, split, crops, statistic } = figure;
    const kind = JSON.stringify([
      model,
      layer,
      protocol,
      split,
      crops,
      statistic,
    ]);
    groups.set(kind, [...groups.get(kind) ?? [], figure]);
  }
  return [...groups.values()].map(combined);
};

const combined = (group: readonly MetricResult[]): CombinedResult => {
  const { seed: _, interval: __, dimensions, ...first } = group[0]!;
  const kept = group.flatMap(({ dimensions }) => dimensions?.kept ?? []);
  const values = group.map(({ value }) => value);
  const value = meanOf(values);
  const intervals = group.flatMap(({ interval }) => interval ?? []);
  const squares = values.map((one) => (one - value) ** 2);
  const untrained = Math.max(
    ...group.map(({ untrainedClasses }) => untrainedClasses ?? 0),
  );
  return {
    ...first,
    ...untrained > 0 && { untrainedClasses: untrained },
    ...dimensions && {
      dimensions: {
        asked: dimensions.asked,
        fewest: Math.min(...kept),
        most: Math.max(...kept),
      },
    },
    dataIdentity: group.length === 1
      ? first.dataIdentity
      : sha256Of(encoded(group.map((one) => one.dataIdentity).join("\n"))),
    seeds: group.map(({ seed }) => seed),
    values,
    value,
    ...values.length > 1 && {
      deviation: Math.sqrt(
        squares.reduce((a, b) => a + b) / (values.length - 1),
      ),
    },
    ...intervals.length === group.length && {
      interval: {
        low: meanOf(intervals.map(({ low }) => low)),
        high: meanOf(intervals.map(({ high }) => high)),
      },
    },
    seconds: group.map(({ seconds }) => seconds).reduce((a, b) => a + b),
  };
};

const meanOf = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b) / values.length;
