/**
 * What can be wrong with `choose-clusters`.
 *
 * @module
 */
import { Schema } from "effect";

/** Numbers of clusters cannot be tried like this. */
export class ChooseClustersError
  extends Schema.TaggedError<ChooseClustersError>()("ChooseClustersError", {
    /** What must hold. */
    rule: Schema.String,
    /** The present values. */
    found: Schema.String,
  }) {
  /** The action, the rule and the present values. */
  override get message(): string {
    return `Cannot choose a number of clusters as ${this.rule}: ${this.found}`;
  }
}
