/**
 * How the clusters of one run map to those of another: where the images that
 * are together in one are in the other.
 *
 * @module
 */
import { clusterAgreement } from "@deepcluster/metrics";
import type { RunImageTables } from "@deepcluster/runs";
import { Effect } from "effect";

/** Newest clusters of a run, with its images. */
export interface RunAssignments {
  /** The run's images. */
  readonly images: Pick<RunImageTables, "ids" | "sha256s">;
  /** `[n]` cluster of each. */
  readonly clusters: Int32Array;
  /** Epoch of these. */
  readonly epoch: number;
}

/** Where images of a cluster are in the other run. */
export interface MappedPart {
  /** Cluster of the other run. */
  readonly cluster: number;
  /** Images of both that it holds in the other run. */
  readonly size: number;
  /** Images of both runs that are in this cluster and in that one. */
  readonly common: number;
  /** Some of these, by their rank in the first run. */
  readonly some: readonly number[];
}

/** A cluster of the first run in the other one. */
export interface MappedCluster {
  /** Cluster of the first run. */
  readonly cluster: number;
  /** Its images that both runs have. */
  readonly size: number;
  /** Clusters of the other run that hold most of them, at most three. */
  readonly parts: readonly MappedPart[];
}

/** Clusters of one run in another. */
export interface ClusterMapping {
  /** Rank of the other run among those compared. */
  readonly other: number;
  /** Epochs that are compared: of the first run, and of the other. */
  readonly epochs: readonly [number, number];
  /** Images that both runs have. */
  readonly common: number;
  /** How they were recognised. */
  readonly by: "content" | "path";
  /** How far the clusters agree; absent without common images. */
  readonly agreement?: {
    /** Mutual information, normalised as in the paper. */
    readonly nmi: number;
    /** Adjusted Rand index: 0 by chance, 1 for the same clusters. */
    readonly adjustedRand: number;
  };
  /** The largest clusters of the first run. */
  readonly clusters: readonly MappedCluster[];
}

/** Clusters of the first run that are listed. */
const listed = 12;
/** Clusters of the other run that are listed of each. */
const parts = 3;
/** Images that are shown of each of these. */
const shownImages = 6;

/**
 * Maps clusters.
 *
 * Images are the same when their SHA-256 is; by their paths in the sources
 * where a run did not keep it. O(n) time and memory.
 *
 * @param first The run whose clusters are listed.
 * @param second The run in which their images are looked for.
 * @param other Rank of the second run.
 * @returns The mapping; without common images it has no clusters.
 */
export const mapClusters: (
  first: RunAssignments,
  second: RunAssignments,
  other: number,
) => Effect.Effect<ClusterMapping> = Effect.fn("mapClusters")(
  function* (first, second, other) {
    const by = first.images.sha256s && second.images.sha256s
      ? "content"
      : "path";
    const pairs = commonImages(first, second, by);
    const ranks = Int32Array.from(pairs, ([rank]) => rank);
    const a = Int32Array.from(pairs, ([rank]) => first.clusters[rank]!);
    const b = Int32Array.from(pairs, ([, rank]) => second.clusters[rank]!);
    const mapping = {
      other,
      epochs: [first.epoch, second.epoch] as const,
      common: pairs.length,
      by,
    } as const;
    if (pairs.length === 0) return { ...mapping, clusters: [] };
    // Both have as many labels, none of them negative.
    const { nmiGeometric: nmi, adjustedRand } = yield* Effect.orDie(
      clusterAgreement(a, b),
    );
    return {
      ...mapping,
      agreement: { nmi, adjustedRand },
      clusters: largestClusters(ranks, a, b),
    };
  },
);

/** Ranks of the same image in both; of equal files each is used once. */
const commonImages = (
  first: RunAssignments,
  second: RunAssignments,
  by: "content" | "path",
): readonly (readonly [number, number])[] => {
  const names = ({ images }: RunAssignments) =>
    by === "content" ? images.sha256s! : images.ids;
  const waiting = new Map<string, number[]>();
  names(second).forEach((name, rank) => {
    const ranks = waiting.get(name);
    if (ranks === undefined) waiting.set(name, [rank]);
    else ranks.push(rank);
  });
  return names(first).flatMap((name, rank) => {
    const ranks = waiting.get(name);
    if (ranks === undefined || ranks.length === 0) return [];
    // Equal files are in several clusters only if their names tell them apart.
    const same = ranks.findIndex((one) =>
      second.images.ids[one] === first.images.ids[rank]
    );
    const [found] = ranks.splice(Math.max(0, same), 1);
    return [[rank, found!] as const];
  });
};

const largestClusters = (
  ranks: Int32Array,
  a: Int32Array,
  b: Int32Array,
): readonly MappedCluster[] => {
  const sizes = countsOf(a);
  const otherSizes = countsOf(b);
  const chosen = bySize(sizes).slice(0, listed);
  const members = new Map<number, Map<number, number[]>>(
    chosen.map(([cluster]) => [cluster, new Map()]),
  );
  a.forEach((cluster, at) => {
    const there = members.get(cluster);
    if (there === undefined) return;
    const images = there.get(b[at]!);
    if (images === undefined) there.set(b[at]!, [ranks[at]!]);
    else images.push(ranks[at]!);
  });
  return chosen.map(([cluster, size]) => ({
    cluster,
    size,
    parts: [...members.get(cluster)!]
      .sort(([x, one], [y, two]) => two.length - one.length || x - y)
      .slice(0, parts)
      .map(([other, images]) => ({
        cluster: other,
        size: otherSizes.get(other)!,
        common: images.length,
        some: images.slice(0, shownImages),
      })),
  }));
};

const countsOf = (clusters: Int32Array): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  for (const cluster of clusters) {
    counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  }
  return counts;
};

const bySize = (counts: ReadonlyMap<number, number>) =>
  [...counts].sort(([x, one], [y, two]) => two - one || x - y);
