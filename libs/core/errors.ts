/**
 * Errors of options and of numbers, which every lib reports in the same words.
 *
 * @module
 */
import { Schema } from "effect";

/** An option breaks its rule. */
export class OptionError
  extends Schema.TaggedError<OptionError>()("OptionError", {
    /** What was to be done. */
    action: Schema.String,
    /** Name of the option. */
    option: Schema.String,
    /** What must hold, such as `an integer >= 1`. */
    rule: Schema.String,
    /** The present value, rendered. */
    value: Schema.String,
  }) {
  /** Names the option, its rule and its value. */
  override get message(): string {
    return `Cannot ${this.action} as ${this.option} must be ${this.rule}: ` +
      `current value is ${this.option}=${this.value}`;
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
