/**
 * What can go wrong when a dataset is opened or split.
 *
 * @module
 */
import { Schema } from "effect";

/** Images to evaluate on carry no labels. */
export class UnlabelledDataError
  extends Schema.TaggedError<UnlabelledDataError>()("UnlabelledDataError", {
    /** Path of the images. */
    source: Schema.String,
    /** How labels would be found there. */
    hint: Schema.String,
  }) {
  /** Names the path, and how to give labels. */
  override get message(): string {
    return `Cannot evaluate as images must have labels: current value is ` +
      `source=${this.source}, labels=0 (${this.hint})`;
  }
}

/** A list of images does not part a set in two. */
export class SplitListError
  extends Schema.TaggedError<SplitListError>()("SplitListError", {
    /** What was to be done. Default: `split by list`. */
    action: Schema.optionalKey(Schema.String),
    /** What must hold and does not. */
    rule: Schema.String,
    /** The first entry at fault, or a count. */
    present: Schema.String,
    /** The list, where it is a file. */
    file: Schema.optionalKey(Schema.String),
    /** Line at fault, from 1, where it is one. */
    line: Schema.optionalKey(Schema.Number),
  }) {
  /** Names the rule, the file with its line, and what is there. */
  override get message(): string {
    const { action = "split by list", file, line, present } = this;
    const at = line === undefined ? "" : `, line=${line}`;
    return `Cannot ${action} as ${this.rule}: ` +
      (file === undefined
        ? `current value is ${present}`
        : `current values are file=${file}${at}, found=${present}`);
  }
}
