/**
 * The value of a metric, with what must be said beside it.
 *
 * @module
 */

/** From where to where a figure may be trusted, by chance of test images. */
export interface Interval {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/** A metric's value, not yet tied to a model and a dataset. */
export interface Metric {
  /** Such as `top-1 accuracy`. */
  readonly statistic: string;
  /** The figure; an accuracy lies from 0 to 1. */
  readonly value: number;
  /** 95 % bootstrap interval over the test images, where there is one. */
  readonly interval?: Interval;
  /** Dimensions asked of PCA and kept by it, where there was one. */
  readonly dimensions?: {
    /** As the option says. */
    readonly asked: number;
    /** Fewer where images or features have fewer. */
    readonly kept: number;
  };
}

/** What an evaluation leaves out. */
export interface Skipped {
  /** A protocol, a class, an image. */
  readonly what: string;
  /** A clause, such as `40 training images`. */
  readonly reason: string;
}
