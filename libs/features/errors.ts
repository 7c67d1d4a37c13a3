/**
 * What can go wrong when features are computed and kept.
 *
 * @module
 */
import { Schema } from "effect";

/** Why a file of features cannot be used. */
export const FeatureFileReason = Schema.Literals([
  "disk-full",
  "read-only",
  "not-permitted",
  "missing",
  "wrong-size",
  "other",
]);

const rules: Record<typeof FeatureFileReason.Type, string> = {
  "disk-full": "the disk must have free space",
  "read-only": "the file system must be writable",
  "not-permitted": "the user must have permission",
  "missing": "the file and its folder must exist",
  "wrong-size": "its size must be what was recorded",
  "other": "the file system refused",
};

/** A file of features cannot be opened, read or written. */
export class FeatureFileError
  extends Schema.TaggedError<FeatureFileError>()("FeatureFileError", {
    /** What was tried: `open`, `append to`, `sync`, `read`. */
    action: Schema.String,
    /** The file. */
    path: Schema.String,
    /** Why it failed. */
    reason: FeatureFileReason,
    /** What the system said, or the sizes that differ. */
    detail: Schema.String,
  }) {
  /** Action, file, what must hold, and what was found. */
  override get message(): string {
    return `Cannot ${this.action} ${this.path} as ${rules[this.reason]}: ` +
      this.detail;
  }
}

/** A network gave NaN or infinity for an image. */
export class DivergedFeaturesError
  extends Schema.TaggedError<DivergedFeaturesError>()("DivergedFeaturesError", {
    /** Position of the image in its set. */
    position: Schema.Number,
    /** Which feature of it, the first that is not finite. */
    column: Schema.Number,
    /** `NaN`, `Infinity` or `-Infinity`. */
    value: Schema.String,
  }) {
  /** Names the image, the feature and its value. */
  override get message(): string {
    return "Cannot extract features as they must be finite: current values " +
      `are image=${this.position}, column=${this.column}, value=${this.value}`;
  }
}

/** A weight of a network is NaN or infinite. */
export class NonFiniteWeightError
  extends Schema.TaggedError<NonFiniteWeightError>()("NonFiniteWeightError", {
    /** Name of the parameter or running statistic. */
    name: Schema.String,
    /** Which of its values, the first that is not finite. */
    index: Schema.Number,
    /** `NaN`, `Infinity` or `-Infinity`. */
    value: Schema.String,
  }) {
  /** Names the parameter and the value. */
  override get message(): string {
    return "Cannot extract features as every weight of the network must be " +
      `finite: current values are ${this.name}[${this.index}]=${this.value}`;
  }
}
