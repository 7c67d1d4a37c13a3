/**
 * The request that all processes of a row receive: sizes and input files.
 *
 * @module
 */
import type { Layer } from "@deepcluster/models";

/** A network with its weights. */
export interface NetworkSpec {
  /** Name of the network. */
  readonly network: "alexnet" | "vgg16" | "small";
  /** Its layers in order, beginning with Sobel. */
  readonly layers: readonly Layer[];
  /** File of the tensors. */
  readonly tensors: string;
}

/** A forward pass over a batch. */
export interface ForwardSpec extends NetworkSpec {
  readonly kind: "forward";
  /** File of the images. */
  readonly images: string;
  /** `[batch, 3, size, size]`. */
  readonly shape: readonly number[];
}

/** A training step. */
export interface StepSpec extends Omit<ForwardSpec, "kind"> {
  readonly kind: "step";
  /** File of pseudo-labels: 32-bit integers, one per image. */
  readonly pseudoLabels: string;
  readonly clusters: number;
}

/** k-means from the same initial centroids, and the final assignment. */
export interface KMeansSpec {
  readonly kind: "kmeans";
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly iterations: number;
  /** File of `[n, d]`. */
  readonly points: string;
  /** File of `[k, d]`. */
  readonly centroids: string;
}

/** PCA-whitening, fitted and applied. */
export interface WhitenSpec {
  readonly kind: "whiten";
  readonly n: number;
  readonly d: number;
  readonly components: number;
  /** File of `[n, d]`. */
  readonly features: string;
}

/** Exact search for some vectors among others, all of length 1. */
export interface SearchSpec {
  readonly kind: "search";
  readonly n: number;
  readonly d: number;
  /** Number of queries. */
  readonly count: number;
  /** Results of each. */
  readonly top: number;
  /** Whether all are searched for in one call. */
  readonly together: boolean;
  /** File of `[n, d]`. */
  readonly vectors: string;
  /** File of `[count, d]`. */
  readonly queries: string;
}

/** One epoch of the demo: features, clustering, training. */
export interface EpochSpec extends NetworkSpec {
  readonly kind: "epoch";
  /** Which part of it. */
  readonly part: "all" | "training";
  readonly n: number;
  /** Width and height of the images in the file, in pixels. */
  readonly imageSize: number;
  /** Width and height of the network's input, in pixels. */
  readonly size: number;
  /** File of `[n, imageSize, imageSize, 3]` bytes. */
  readonly images: string;
  /** File of 32-bit integers, one per image, for training alone. */
  readonly pseudoLabels: string;
  readonly pca: number;
  readonly clusters: number;
  readonly batch: number;
}

/** Any of them. */
export type Spec =
  | ForwardSpec
  | StepSpec
  | KMeansSpec
  | WhitenSpec
  | SearchSpec
  | EpochSpec;
