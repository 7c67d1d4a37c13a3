/**
 * What a work of a peer is told: the same for all sides.
 *
 * @module
 */
import type { Layer } from "@deepcluster/models";

/** A network with its weights, and images to feed it. */
export interface NetworkSpec {
  /** Which of our networks. */
  readonly network: "alexnet" | "vgg16" | "small";
  /** Its layers in order, Sobel first. */
  readonly layers: readonly Layer[];
  /** File of tensors. */
  readonly tensors: string;
}

/** Features of a batch. */
export interface ForwardSpec extends NetworkSpec {
  readonly kind: "forward";
  /** File of images. */
  readonly images: string;
  /** `[batch, 3, size, size]`. */
  readonly shape: readonly number[];
}

/** A step of training. */
export interface StepSpec extends Omit<ForwardSpec, "kind"> {
  readonly kind: "step";
  /** File of 32-bit integers, one for each image. */
  readonly labels: string;
  readonly clusters: number;
}

/** k-means from given centroids, and the labels at its end. */
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

/** PCA-whitening, learned and applied. */
export interface WhitenSpec {
  readonly kind: "whiten";
  readonly n: number;
  readonly d: number;
  readonly components: number;
  /** File of `[n, d]`. */
  readonly features: string;
}

/** An epoch of the demo: features, clustering, training. */
export interface EpochSpec extends NetworkSpec {
  readonly kind: "epoch";
  readonly n: number;
  /** Side of the images as they are kept, and as the network sees them. */
  readonly side: number;
  readonly size: number;
  /** File of `[n, side, side, 3]` bytes. */
  readonly images: string;
  readonly pca: number;
  readonly clusters: number;
  readonly batch: number;
}

/** Any of them. */
export type Spec = ForwardSpec | StepSpec | KMeansSpec | WhitenSpec | EpochSpec;
