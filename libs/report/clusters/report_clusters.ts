/**
 * Chooses clusters of a run's newest epoch and gathers what is shown of them.
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import type { ReadAssignmentsError, RunConfiguration } from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { Effect } from "effect";
import type { ReportImages, ShownImage } from "../images/report_images.ts";
import { clusterFigures, clustersToShow, sizesOf } from "./cluster_figures.ts";
import { type ImageChoice, imagesToShow, membersOf } from "./cluster_images.ts";
import { epochsBack, originsOf } from "./cluster_origins.ts";
import { nearClusters } from "./near_clusters.ts";
import {
  type NewestClustering,
  readNewestClustering,
  readRunAssignments,
} from "./newest_clustering.ts";
import type { ClusterOrigins, ReportClusters } from "./report_cluster.ts";

/** How much {@link reportClusters} gathers. */
export interface ReportClustersOptions {
  /** Names the draws. Default: the run's seed. */
  readonly seed?: number;
  /** Clusters for each reason. Default: 12. */
  readonly each?: number;
  /** Images that the tightest, loosest and purest must have. Default: 10. */
  readonly minimumSize?: number;
  /** Images of each cluster near its centroid. Default: 24. */
  readonly near?: number;
  /** Images far from it. Default: 8. */
  readonly far?: number;
  /** Nearest clusters of each. Default: 5. */
  readonly nearest?: number;
  /** Images of each of these. Default: 4. */
  readonly samples?: number;
}

/**
 * Chooses the largest, smallest, tightest, loosest and purest clusters of the
 * newest epoch and some at random, and gathers their images, the clusters near
 * them, and where their images were in earlier epochs.
 *
 * O(epochs · n + k · c) time besides the images that are shown, where the
 * epochs are those of `epochsBack`; memory for the clusters of two epochs. Same
 * seed, same result.
 *
 * @param run The run folder.
 * @param configuration Its settings.
 * @param images Its images.
 * @param options See {@link ReportClustersOptions}.
 * @returns The clusters; undefined before the first clustering; or `TableError`
 * when a table of assignments is damaged or of other images, or `StorageError`.
 */
export const reportClusters: (
  run: string,
  configuration: Pick<RunConfiguration, "clusters" | "seed">,
  images: ReportImages,
  options?: ReportClustersOptions,
) => Effect.Effect<ReportClusters | undefined, ReadAssignmentsError, Progress> =
  Effect.fn("reportClusters")(function* (
    run,
    configuration,
    images,
    { seed = configuration.seed, each = 12, minimumSize = 10, ...counts } = {},
  ) {
    const store = folderStore(run);
    const clustering = yield* readNewestClustering(
      store,
      images.count,
      configuration.clusters,
    );
    if (clustering === undefined) return undefined;
    const { epoch, epochs, assignments, distances } = clustering;
    const { labels, unopened } = images;
    const figures = clusterFigures({ ...clustering, ...labels && { labels } });
    const { sizes, tightness, majorities } = figures;
    const choices = clustersToShow(figures, { each, minimumSize, seed });
    const chosen = [...new Set([...choices.values()].flat())];
    const near = nearOf(clustering, chosen, sizes, counts.nearest ?? 5);
    const members = membersOf(
      assignments,
      [...chosen, ...[...near.values()].flat().map(({ cluster }) => cluster)],
    );
    const pictures = yield* showImages(images, chosen, near, members, {
      near: counts.near ?? 24,
      far: counts.far ?? 8,
      samples: counts.samples ?? 4,
      distances,
      seed,
    });
    const history = yield* Effect.forEach(
      epochsBack(epochs),
      (earlier) =>
        Effect.map(
          readRunAssignments(store, earlier, images.count),
          (clusters) => historyOf(earlier, clusters, chosen, members),
        ),
    );
    return {
      epoch,
      images: images.count,
      sizes,
      hasDistances: distances !== undefined,
      hasLabels: labels !== undefined,
      hasImages: images.areShown,
      ...unopened !== undefined && { unopened },
      missing: pictures.missing,
      each,
      minimumSize,
      seed,
      choices,
      clusters: new Map(chosen.map((cluster) => [cluster, {
        cluster,
        size: sizes[cluster]!,
        ...tightness && { tightness: tightness[cluster]! },
        ...majorities?.[cluster] && { majority: majorities[cluster] },
        chosenAs: [...choices.keys()].filter((choice) =>
          choices.get(choice)!.includes(cluster)
        ),
        ...pictures.of(cluster),
        nearest: near.get(cluster)!.map((one) => ({
          ...one,
          size: sizes[one.cluster]!,
          members: pictures.samplesOf(one.cluster),
        })),
        history: history.map((of) => of.get(cluster)!),
      }])),
    };
  });

type Near = ReadonlyMap<number, ReturnType<typeof nearClusters>>;

const nearOf = (
  { centroids }: NewestClustering,
  clusters: readonly number[],
  sizes: Int32Array,
  count: number,
): Near =>
  new Map(
    clusters.map((cluster) => [
      cluster,
      centroids ? nearClusters(centroids, cluster, sizes, count) : [],
    ]),
  );

/** Makes the pictures of chosen clusters and of those near them, at once. */
const showImages = Effect.fnUntraced(function* (
  images: ReportImages,
  chosen: readonly number[],
  near: Near,
  members: ReadonlyMap<number, Int32Array>,
  { samples, ...choice }: ImageChoice & { readonly samples: number },
) {
  const own = new Map(
    chosen.map((cluster) => [
      cluster,
      imagesToShow(cluster, members.get(cluster)!, choice),
    ]),
  );
  const nearby = new Map(
    [...near.values()].flat().map(({ cluster }) => [
      cluster,
      imagesToShow(cluster, members.get(cluster)!, choice)
        .members.slice(0, samples),
    ]),
  );
  const shown: ReadonlyMap<number, ShownImage> = images.areShown
    ? yield* images.show([
      ...[...own.values()].flatMap((one) => [...one.members, ...one.farthest]),
      ...[...nearby.values()].flatMap((some) => [...some]),
    ])
    : new Map();
  const show = (indices: Int32Array) =>
    Array.from(indices).flatMap((index) => {
      const image = shown.get(index);
      const hidden = images.unopened !== undefined && image?.missing;
      return image === undefined || hidden ? [] : image;
    });
  return {
    of: (cluster: number) => ({
      members: show(own.get(cluster)!.members),
      farthest: show(own.get(cluster)!.farthest),
    }),
    samplesOf: (cluster: number) => show(nearby.get(cluster)!),
    missing: [...shown.values()]
      .filter(({ missing }) => missing !== undefined).length,
  };
});

/** Where the images of each chosen cluster were in an earlier epoch. */
const historyOf = (
  epoch: number,
  clusters: Int32Array,
  chosen: readonly number[],
  members: ReadonlyMap<number, Int32Array>,
): ReadonlyMap<number, ClusterOrigins> => {
  const sizes = sizesOf(clusters);
  return new Map(
    chosen.map((cluster) => [
      cluster,
      originsOf(epoch, members.get(cluster)!, clusters, sizes),
    ]),
  );
};
