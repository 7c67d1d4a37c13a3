/**
 * What can go wrong when pictures are asked for.
 *
 * @module
 */
import { Schema } from "effect";

/** A rule of the command line that needs more than one flag to check. */
export class VisualiseError
  extends Schema.TaggedError<VisualiseError>()("VisualiseError", {
    /** What was to be done. */
    action: Schema.String,
    /** What must hold and does not. */
    rule: Schema.String,
    /** The present value. */
    found: Schema.String,
  }) {
  /** Names the rule and the present value. */
  override get message(): string {
    return `Cannot ${this.action} as ${this.rule}: ${this.found}`;
  }
}
