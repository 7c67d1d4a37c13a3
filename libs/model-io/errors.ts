/**
 * What can go wrong when a model is read from a file.
 *
 * @module
 */
import { Schema } from "effect";

/** A file holds no model that can be opened. */
export class ModelFileError
  extends Schema.TaggedError<ModelFileError>()("ModelFileError", {
    path: Schema.String,
    /** The option that the rule is about, if it is about one. */
    option: Schema.optionalKey(Schema.String),
    rule: Schema.String,
    found: Schema.String,
  }) {
  /** The file, the rule it breaks and the present value. */
  override get message(): string {
    return `Cannot open the model ${this.path} as ${this.rule}: ${this.found}`;
  }
}

/** A pickle of plain data breaks a rule. */
export class PickleFileError
  extends Schema.TaggedError<PickleFileError>()("PickleFileError", {
    path: Schema.String,
    rule: Schema.String,
    found: Schema.String,
  }) {
  /** The file, the rule it breaks and the present value. */
  override get message(): string {
    return `Cannot read the pickle ${this.path} as ${this.rule}: ${this.found}`;
  }
}

/** Parameters are not those of a network of ours. */
export class UnrecognisedModelError
  extends Schema.TaggedError<UnrecognisedModelError>()(
    "UnrecognisedModelError",
    {
      /** The option that the rule is about, if it is about one. */
      option: Schema.optionalKey(Schema.String),
      /** What must hold and does not. */
      rule: Schema.String,
      /** The present value. */
      found: Schema.String,
    },
  ) {
  /** The rule that the parameters break, and how. */
  override get message(): string {
    return `Cannot recognise a model as ${this.rule}: ${this.found}`;
  }
}
