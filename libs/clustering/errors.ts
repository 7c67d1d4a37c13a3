/**
 * What can go wrong when features are reduced, clustered or compared.
 *
 * @module
 */
import { Schema } from "effect";

/** There are fewer points than clusters. */
export class TooFewPointsError
  extends Schema.TaggedError<TooFewPointsError>()("TooFewPointsError", {
    /** Number of points, n. */
    points: Schema.Number,
    /** Number of clusters requested. */
    k: Schema.Number,
  }) {
  /** Names both numbers. */
  override get message(): string {
    return `Cannot cluster as points must be >= k: ` +
      `current values are points=${this.points}, k=${this.k}`;
  }
}

/** All points are equal, so that there is no direction to whiten. */
export class ConstantFeaturesError
  extends Schema.TaggedError<ConstantFeaturesError>()("ConstantFeaturesError", {
    /** Number of points, n. */
    points: Schema.Number,
    /** Number of features, d. */
    features: Schema.Number,
  }) {
  /** Says that nothing varies, and over how much data. */
  override get message(): string {
    return `Cannot whiten features as at least two points must differ: all ` +
      `${this.points} points are equal`;
  }
}

/** The state to resume from belongs to other points or options. */
export class ForeignStateError
  extends Schema.TaggedError<ForeignStateError>()("ForeignStateError", {
    /** What differs: `k`, `features` or `points`. */
    what: Schema.String,
    /** What the points and options say. */
    expected: Schema.Number,
    /** What the state says. */
    actual: Schema.Number,
  }) {
  /** Names what differs. */
  override get message(): string {
    return `Cannot resume clustering as the state must have the same ` +
      `${this.what}: current values are points or options=${this.expected}, ` +
      `state=${this.actual}`;
  }
}
