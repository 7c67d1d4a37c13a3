/**
 * What can be wrong with a command on an index, besides the index.
 *
 * @module
 */
import { Schema } from "effect";

/** A command breaks a rule. */
export class IndexCommandError
  extends Schema.TaggedError<IndexCommandError>()("IndexCommandError", {
    /** What was to be done. */
    action: Schema.String,
    /** What must hold. */
    rule: Schema.String,
    /** The present value. */
    found: Schema.String,
  }) {
  /** The action, the rule and the present value. */
  override get message(): string {
    return `Cannot ${this.action} as ${this.rule}: ${this.found}`;
  }
}
