/**
 * What can go wrong when features are computed and kept.
 *
 * @module
 */
import { Schema } from "effect";

/** A network gave NaN or infinity for an image. */
export class DivergedFeaturesError
  extends Schema.TaggedError<DivergedFeaturesError>()("DivergedFeaturesError", {
    /** `index` of the image in its set. */
    index: Schema.Number,
    /** Its name, where the set has names. */
    image: Schema.optional(Schema.String),
    /** Which feature of it, the first that is not finite. */
    column: Schema.Number,
    /** `NaN`, `Infinity` or `-Infinity`. */
    value: Schema.String,
  }) {
  /** Names the image, the feature and its value. */
  override get message(): string {
    const image = this.image ?? this.index;
    return "Cannot extract features as they must be finite: current values " +
      `are image=${image}, column=${this.column}, value=${this.value}`;
  }
}

/** A weight of a network is NaN or infinite. */
export class NonFiniteWeightError
  extends Schema.TaggedError<NonFiniteWeightError>()("NonFiniteWeightError", {
    /** What was to be done. Default: `extract features`. */
    action: Schema.optional(Schema.String),
    /** Name of the parameter or running statistic. */
    name: Schema.String,
    /** Which of its values, the first that is not finite. */
    index: Schema.Number,
    /** `NaN`, `Infinity` or `-Infinity`. */
    value: Schema.String,
  }) {
  /** Names the parameter and the value. */
  override get message(): string {
    const { action = "extract features" } = this;
    return `Cannot ${action} as every weight of the network must be ` +
      `finite: current values are ${this.name}[${this.index}]=${this.value}`;
  }
}
