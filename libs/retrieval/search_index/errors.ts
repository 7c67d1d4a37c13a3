/**
 * What can be wrong with an index folder, or with what it is to hold.
 *
 * @module
 */
import { Schema } from "effect";

/** A folder that should be an index is none. */
export class NotAnIndexError
  extends Schema.TaggedError<NotAnIndexError>()("NotAnIndexError", {
    folder: Schema.String,
    found: Schema.String,
  }) {
  /** The folder, what is there instead, and how to make an index. */
  override get message(): string {
    return `Cannot open ${this.folder} as an index must hold settings.json ` +
      `and index.db: found ${this.found}; make an index with ` +
      "`retrieve index MODEL IMAGES --index DIR`";
  }
}

/** A folder that is to become an index holds something else. */
export class ForeignIndexFolderError
  extends Schema.TaggedError<ForeignIndexFolderError>()(
    "ForeignIndexFolderError",
    { folder: Schema.String, found: Schema.String },
  ) {
  /** The folder and some of what it holds. */
  override get message(): string {
    return `Cannot make an index in ${this.folder} as --index must be an ` +
      `index, an empty folder or a new one: it holds ${this.found}`;
  }
}

/** A file of an index is not what was written. */
export class DamagedIndexError
  extends Schema.TaggedError<DamagedIndexError>()("DamagedIndexError", {
    path: Schema.String,
    /** What is wrong, such as `block 3 (rows 3072 to 4095) has changed`. */
    found: Schema.String,
    /** What helps. */
    advice: Schema.String,
  }) {
  /** The file, what is wrong with it and what helps. */
  override get message(): string {
    return `Cannot read ${this.path} as its content must be what was ` +
      `written: ${this.found}; ${this.advice}`;
  }
}

/** What helps when computed vectors are damaged. */
export const computeAgain = "`retrieve index MODEL IMAGES --index DIR`, " +
  "called as before, computes it again";

/** What helps when given vectors are damaged. */
export const indexAgain = "make the index again in another folder: " +
  "`retrieve index FEATURES.npy --index DIR`";

/** An index was made with other settings. */
export class OtherIndexSettingsError
  extends Schema.TaggedError<OtherIndexSettingsError>()(
    "OtherIndexSettingsError",
    { folder: Schema.String, fields: Schema.Array(Schema.String) },
  ) {
  /** The folder, the fields that differ, one on each line, and what helps. */
  override get message(): string {
    const advice = this.fields.some((field) => field.startsWith("versions."))
      ? "another version made it, so name another --index (and copy " +
        "curation.json into it, if names of a run's clusters are to stay)"
      : "name another --index, or use the index's own";
    return `Cannot update the index in ${this.folder} as its settings must ` +
      `be those that it was made with; ${advice}:\n  ` +
      this.fields.join("\n  ");
  }
}

/** A descriptor of an image is NaN or infinite. */
export class NonFiniteVectorError
  extends Schema.TaggedError<NonFiniteVectorError>()("NonFiniteVectorError", {
    /** The image, or `row N` of given vectors. */
    image: Schema.String,
    column: Schema.Int,
    value: Schema.String,
  }) {
  /** The image, the column and the value. */
  override get message(): string {
    return `Cannot index ${this.image} as every value of its vector must be ` +
      `finite: column ${this.column} is ${this.value}`;
  }
}

/** The model of an index is no longer the one that it was made with. */
export class IndexedModelError
  extends Schema.TaggedError<IndexedModelError>()("IndexedModelError", {
    folder: Schema.String,
    model: Schema.String,
    rule: Schema.String,
    found: Schema.String,
  }) {
  /** The index, the model and what is wrong with it. */
  override get message(): string {
    return `Cannot search the index in ${this.folder} by images as ` +
      `${this.rule}: current value is model=${this.model} (${this.found})`;
  }
}
