/**
 * What can be wrong with a command on a model, besides the model.
 *
 * @module
 */
import { Schema } from "effect";

/** A command breaks a rule. */
export class ModelCommandError
  extends Schema.TaggedError<ModelCommandError>()("ModelCommandError", {
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
