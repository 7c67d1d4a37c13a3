/**
 * Datasets of instance retrieval: images, queries by a box, and which images
 * show the same.
 *
 * Paper: section 5.3.
 *
 * @module
 */
import type { Corners } from "@deepcluster/retrieval";
import type { Judgement } from "./ranking_metrics.ts";

/** Datasets that are read as they are distributed. */
export const instanceDatasets = [
  "oxford5k",
  "paris6k",
  "roxford5k",
  "rparis6k",
] as const;

/** One of them. */
export type InstanceDatasetName = (typeof instanceDatasets)[number];

/** An image by its name in the lists. */
export interface NamedPicture {
  /** Without extension, such as `all_souls_000013`. */
  readonly name: string;
  /** Its file. */
  readonly path: string;
}

/** A query. */
export interface InstanceQuery extends NamedPicture {
  /** The rectangle, in pixels as they are stored. */
  readonly corners: Corners;
}

/** A way to judge the rankings of all queries. */
export interface InstanceProtocol {
  /** `original`, `easy`, `medium`, `hard`. */
  readonly name: string;
  /** What is right for each query; none that has no positives is counted. */
  readonly judgements: readonly Judgement[];
}

/** A dataset that is in a folder. */
export interface InstanceDataset {
  /** Which one. */
  readonly name: InstanceDatasetName;
  /** What is searched. */
  readonly images: readonly NamedPicture[];
  /** What is asked for. */
  readonly queries: readonly InstanceQuery[];
  /** How it is judged. */
  readonly protocols: readonly InstanceProtocol[];
  /** Names in the lists that no image is there for, ascending. */
  readonly missing: readonly string[];
  /** Images that are left out because they hold no picture, ascending. */
  readonly corrupt: readonly string[];
}

/**
 * Images of Paris6k that are web pages by mistake: the authors leave them out.
 */
export const corruptParis: ReadonlySet<string> = new Set(
  [
    "louvre_000136",
    "louvre_000146",
    "moulinrouge_000422",
    "museedorsay_001059",
    "notredame_000188",
    "pantheon_000284",
    "pantheon_000960",
    "pantheon_000974",
    "pompidou_000195",
    "pompidou_000196",
    "pompidou_000201",
    "pompidou_000467",
    "pompidou_000640",
    "sacrecoeur_000299",
    "sacrecoeur_000330",
    "sacrecoeur_000353",
    "triomphe_000662",
    "triomphe_000833",
    "triomphe_000863",
    "triomphe_000867",
  ].map((name) => `paris_${name}`),
);
