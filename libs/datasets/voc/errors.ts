/**
 * What can go wrong between a VOC folder and average precisions.
 *
 * @module
 */
import { Schema } from "effect";

/** A folder is not laid out as PASCAL VOC's, or lacks a file. */
export class VocFolderError
  extends Schema.TaggedError<VocFolderError>()("VocFolderError", {
    /** The folder or file at fault. */
    path: Schema.String,
    /** What must hold and does not. */
    rule: Schema.String,
    /** What was found instead. */
    found: Schema.String,
  }) {
  /** Names the rule, the path and what was found. */
  override get message(): string {
    return `Cannot read VOC folder as ${this.rule}: ` +
      `current values are path=${this.path}, found=${this.found}`;
  }
}

/** A line of an image set breaks its format. */
export class VocLineError
  extends Schema.TaggedError<VocLineError>()("VocLineError", {
    /** Path of the image set, such as `…/aeroplane_trainval.txt`. */
    file: Schema.String,
    /** Line at fault, from 1. */
    line: Schema.Number,
    /** Which field must be what, and what it is. */
    problem: Schema.String,
  }) {
  /** Names the field, the rule, the file and the line. */
  override get message(): string {
    return `Cannot read VOC image set as ${this.problem}: ` +
      `current values are file=${this.file}, line=${this.line}`;
  }
}

/** A class cannot be learned or evaluated. */
export class VocClassError
  extends Schema.TaggedError<VocClassError>()("VocClassError", {
    /** Name of the class. */
    class: Schema.String,
    /** What must hold and does not. */
    rule: Schema.String,
    /** The sets concerned and what they hold. */
    present: Schema.String,
  }) {
  /** Names the class, the rule and what is there. */
  override get message(): string {
    return `Cannot use VOC classes as ${this.rule}: ` +
      `current values are class=${this.class}, ${this.present}`;
  }
}

/** Settings that break their rules. */
export class VocSettingsError
  extends Schema.TaggedError<VocSettingsError>()("VocSettingsError", {
    /** Each field, its rule and its value. */
    problems: Schema.Array(Schema.String),
  }) {
  /** Every problem, on one line each. */
  override get message(): string {
    return `Cannot use the settings of VOC classification as they break ` +
      `rules:\n  ${this.problems.join("\n  ")}`;
  }
}

/** A loss or a score is NaN or infinite. */
export class VocDivergedError
  extends Schema.TaggedError<VocDivergedError>()("VocDivergedError", {
    /** What is not finite: `loss`, `score`. */
    what: Schema.String,
    /** Iterations done. */
    iteration: Schema.Number,
    /** The value. */
    value: Schema.String,
  }) {
  /** What diverged, when, and what to try. */
  override get message(): string {
    return `Cannot go on with VOC classification as every ${this.what} must ` +
      `be finite: current values are iteration=${this.iteration}, ` +
      `${this.what}=${this.value} (a smaller learning rate often helps)`;
  }
}

/** A saved state belongs to another training. */
export class VocStateError
  extends Schema.TaggedError<VocStateError>()("VocStateError", {
    /** The file. */
    path: Schema.String,
    /** What differs, with both values. */
    differences: Schema.Array(Schema.String),
  }) {
  /** Names the file and every difference. */
  override get message(): string {
    return `Cannot go on from ${this.path} as it must be of the same model, ` +
      `images and settings:\n  ${this.differences.join("\n  ")}`;
  }
}
