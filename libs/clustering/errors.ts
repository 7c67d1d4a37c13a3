/**
 * What can go wrong when features are reduced, clustered or compared.
 *
 * @module
 */
import { Schema } from "effect";

/** There are fewer points than clusters asked for. */
export class TooFewPointsError
  extends Schema.TaggedError<TooFewPointsError>()("TooFewPointsError", {
    /** Number of points, n. */
    points: Schema.Number,
    /** Number of clusters asked for. */
    k: Schema.Number,
  }) {
  /** Names both numbers. */
  override get message(): string {
    return `Cannot cluster as points must be >= k: ` +
      `current values are points=${this.points}, k=${this.k}`;
  }
}

/** A feature is NaN or infinite. */
export class NonFiniteFeatureError
  extends Schema.TaggedError<NonFiniteFeatureError>()("NonFiniteFeatureError", {
    /** What was to be done: `cluster` or `whiten`. */
    action: Schema.String,
    /** Point that the feature belongs to, counted from 0. */
    row: Schema.Number,
    /** Which of its features, counted from 0. */
    column: Schema.Number,
    /** `NaN`, `Infinity` or `-Infinity`. */
    value: Schema.String,
  }) {
  /** Names the first such feature. */
  override get message(): string {
    return `Cannot ${this.action} as features must be finite: current values ` +
      `are row=${this.row}, column=${this.column}, value=${this.value}`;
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
    return `Cannot whiten as at least two points must differ: current values ` +
      `are points=${this.points}, features=${this.features}, variance=0`;
  }
}

/** An option breaks its rule. */
export class ClusteringOptionError
  extends Schema.TaggedError<ClusteringOptionError>()("ClusteringOptionError", {
    /** What was to be done: `cluster` or `whiten`. */
    action: Schema.String,
    /** Name of the option. */
    option: Schema.String,
    /** What must hold, such as `an integer >= 1`. */
    rule: Schema.String,
    /** The present value. */
    value: Schema.Number,
  }) {
  /** Names the option, its rule and its value. */
  override get message(): string {
    return `Cannot ${this.action} as ${this.option} must be ${this.rule}: ` +
      `current value is ${this.option}=${this.value}`;
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

/** Two labellings do not speak of the same points. */
export class LabelCountError
  extends Schema.TaggedError<LabelCountError>()("LabelCountError", {
    /** Length of the first labelling. */
    first: Schema.Number,
    /** Length of the second. */
    second: Schema.Number,
  }) {
  /** Names both lengths. */
  override get message(): string {
    return `Cannot compare labellings as they must have one label a point ` +
      `each: current values are first=${this.first}, second=${this.second}`;
  }
}
