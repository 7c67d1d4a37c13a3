/**
 * The paper's instance retrieval: mean average precision of R-MAC on Oxford5k,
 * Paris6k and their revisited versions.
 *
 * Paper: section 5.3.
 *
 * @module
 */
import type { PcaError } from "@deepcluster/clustering";
import {
  type Matrix,
  matrix,
  OptionError,
  type Progress,
  row,
} from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import type { NeighboursError } from "@deepcluster/neighbours";
import type { StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import {
  fitRmacPca,
  normaliseRows,
  type RmacDescriptor,
  type RmacPca,
  sumOfRegions,
  whiteningOf,
} from "@deepcluster/retrieval";
import {
  type CachedRegions,
  cachedRegions,
  type CachedRegionsError,
} from "./cached_regions.ts";
import { augmentDatabase, expandQuery, rankingOf } from "./expansion.ts";
import type { InstanceDataset, InstanceProtocol } from "./instance_dataset.ts";
import {
  positiveRanks,
  precisionAt,
  trapezoidalPrecision,
} from "./ranking_metrics.ts";

/** Options of {@link evaluateInstance}. */
export interface EvaluateInstanceOptions {
  /** Dataset whose images the PCA is learned on. Default: no PCA. */
  readonly pcaFrom?: InstanceDataset;
  /** Dimensions of the PCA, at most the channels. Default: 512. */
  readonly dimensions?: number;
  /** Nearest images that a query is averaged with. Default: 0. */
  readonly aqe?: number;
  /** Neighbours that each image is averaged with. Default: 0. */
  readonly dba?: number;
  /** Folder that keeps the regions of pictures. */
  readonly cache: string;
}

/** A figure of all queries that have positives. */
export interface InstanceResult {
  /** Name of the protocol. */
  readonly protocol: string;
  /** Mean average precision, from 0 to 1. */
  readonly meanAveragePrecision: number;
  /** Mean precision at 1, 5 and 10. */
  readonly meanPrecisionAt: Readonly<Record<number, number>>;
  /** Average precision of each query; null where it has no positives. */
  readonly averagePrecisions: readonly (number | null)[];
  /** Queries that count. */
  readonly queries: number;
  /** Positives in the lists of all queries. */
  readonly positives: number;
  /** Junk images that are there, of all queries. */
  readonly junk: number;
}

/** What was computed. */
export interface InstanceEvaluation {
  /** One for each protocol of the dataset. */
  readonly results: readonly InstanceResult[];
  /** `[images, d]` descriptors, before any augmentation. */
  readonly database: Matrix;
  /** `[queries, d]` descriptors, before any expansion. */
  readonly queries: Matrix;
  /** The PCA, and the number of images that it was learned on. */
  readonly pca?: RmacPca & { readonly images: number };
}

/** What {@link evaluateInstance} can fail with. */
export type EvaluateInstanceError =
  | CachedRegionsError
  | NeighboursError
  | OptionError
  | PcaError
  | StorageError;

/** Images of the other dataset that the PCA is learned on, at most. */
const pcaImages = 10_000;

/**
 * Evaluates R-MAC.
 *
 * @param descriptor One without PCA; it says the size of pictures.
 * @param dataset What is searched.
 * @param options See {@link EvaluateInstanceOptions}.
 * @returns The figures and what they were computed from; or the errors of
 * pictures, network, PCA and disk.
 */
export const evaluateInstance: (
  descriptor: RmacDescriptor,
  dataset: InstanceDataset,
  options: EvaluateInstanceOptions,
) => Effect.Effect<
  InstanceEvaluation,
  EvaluateInstanceError,
  Backend | Progress
> = Effect.fn("evaluateInstance")(
  function* (descriptor, dataset, options) {
    const { cache, aqe = 0, dba = 0 } = options;
    const count = dataset.images.length;
    yield* requireBelow("aqe", aqe, count + 1);
    yield* requireBelow("dba", dba, count);
    const imageRegions = yield* cachedRegions(
      descriptor,
      dataset.images,
      cache,
      dataset.name,
    );
    const queryRegions = yield* cachedRegions(
      descriptor,
      dataset.queries,
      cache,
      `the queries of ${dataset.name}`,
    );
    const pca = yield* learnPca(descriptor, options);
    const whiten = pca && whiteningOf(pca);
    const described = (regions: CachedRegions, size: number) =>
      descriptorsOf(regions, size, whiten);
    const database = yield* described(imageRegions, count);
    const queries = yield* described(queryRegions, dataset.queries.length);
    const searched = dba === 0
      ? database
      : yield* augmentDatabase(database, dba);
    const rankings = Array.from({ length: queries.rows }, (_, i) => {
      const query = row(queries, i);
      return rankingOf(
        aqe === 0 ? query : expandQuery(query, searched, aqe),
        searched,
      );
    });
    return {
      results: dataset.protocols
        .map((protocol) => resultOf(protocol, rankings)),
      database,
      queries,
      ...pca && { pca },
    };
  },
  Effect.scoped,
);

const requireBelow = (
  option: string,
  value: number,
  limit: number,
): Effect.Effect<void, OptionError> =>
  Number.isInteger(value) && value >= 0 && value < limit
    ? Effect.void
    : Effect.fail(
      new OptionError({
        action: "search the images",
        option,
        rule: `a whole number from 0 to below ${limit}`,
        value: String(value),
      }),
    );

const learnPca = Effect.fnUntraced(function* (
  descriptor: RmacDescriptor,
  { pcaFrom, dimensions, cache }: EvaluateInstanceOptions,
) {
  if (pcaFrom === undefined) return undefined;
  // The pictures of revisited queries belong to the set as well.
  const pictures = [
    ...new Map([...pcaFrom.images, ...pcaFrom.queries]
      .map(({ path }) => [path, { path }])).values(),
  ];
  const what = `${pcaFrom.name} for the PCA`;
  const regions = yield* cachedRegions(descriptor, pictures, cache, what);
  const pca = yield* fitRmacPca(
    regions.first(pcaImages),
    dimensions === undefined ? {} : { dimensions },
  );
  return { ...pca, images: Math.min(pcaImages, pictures.length) };
});

const descriptorsOf = Effect.fnUntraced(function* (
  regions: CachedRegions,
  count: number,
  whiten: ((regions: Matrix) => Matrix) | undefined,
) {
  let all = matrix(0, 0);
  for (let i = 0; i < count; i++) {
    const raw = yield* regions.of(i);
    const vectors = whiten === undefined ? raw : normaliseRows(whiten(raw));
    if (i === 0) all = matrix(count, vectors.columns);
    row(all, i).set(sumOfRegions(vectors));
  }
  return all;
});

const resultOf = (
  { name, judgements }: InstanceProtocol,
  rankings: readonly Int32Array[],
): InstanceResult => {
  const counted = judgements.map((judgement, i) =>
    judgement.listed === 0 ? undefined : {
      ranks: positiveRanks(rankings[i]!, judgement),
      listed: judgement.listed,
    }
  );
  const some = counted.filter((query) => query !== undefined);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const apOf = ({ ranks, listed }: typeof some[number]) =>
    trapezoidalPrecision(ranks, listed);
  return {
    protocol: name,
    meanAveragePrecision: mean(some.map(apOf)),
    meanPrecisionAt: Object.fromEntries(
      [1, 5, 10].map((k) => [
        k,
        mean(some.map(({ ranks }) => precisionAt(ranks, k))),
      ]),
    ),
    averagePrecisions: counted.map((query) => query ? apOf(query) : null),
    queries: some.length,
    positives: judgements.reduce((sum, { listed }) => sum + listed, 0),
    junk: judgements.reduce((sum, { junk }) => sum + junk.size, 0),
  };
};
