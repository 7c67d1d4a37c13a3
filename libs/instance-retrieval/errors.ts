/**
 * What can be wrong with a folder of Oxford5k, Paris6k or their revisited
 * versions.
 *
 * @module
 */
import { Schema } from "effect";

/** A folder does not hold the dataset as it is distributed. */
export class InstanceDatasetError
  extends Schema.TaggedError<InstanceDatasetError>()("InstanceDatasetError", {
    /** Which dataset. */
    dataset: Schema.String,
    /** File or folder. */
    path: Schema.String,
    /** What must hold. */
    rule: Schema.String,
    /** The present value. */
    found: Schema.String,
  }) {
  /** Names the dataset, the place, the rule and what was found. */
  override get message(): string {
    return `Cannot read ${this.dataset} at ${this.path} as ${this.rule}: ` +
      `found ${this.found}`;
  }
}
