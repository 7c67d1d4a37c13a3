/**
 * What can go wrong between a path that a user names and decoded images.
 *
 * @module
 */
import { Schema } from "effect";

/** Why a source cannot be opened. */
export const SourceProblem = Schema.Literals([
  "missing",
  "not-permitted",
  "empty",
  "unsupported",
  "unreadable",
  "ambiguous",
]);

const sourceRules: Record<typeof SourceProblem.Type, string> = {
  "missing": "the path must exist",
  "not-permitted": "the path must be readable by this user",
  "empty": "the source must hold at least one image",
  "unsupported": "the path must be a folder, a manifest (.txt, .csv, .tsv, " +
    ".jsonl) or an IDX file",
  "unreadable": "the path must be readable",
  "ambiguous": "the folders in it must all be classes, or all be parts of a " +
    "split, one of them for training",
};

/** A folder, manifest or file of images cannot be opened. */
export class SourceError
  extends Schema.TaggedError<SourceError>()("SourceError", {
    /** What was to be opened, or the part of it that is at fault. */
    path: Schema.String,
    /** Which rule it breaks. */
    problem: SourceProblem,
    /** What was found or what the system said; may be empty. */
    detail: Schema.String,
  }) {
  /** Names the rule, the path and what was found. */
  override get message(): string {
    return `Cannot open images as ${sourceRules[this.problem]}: ` +
      `current value is path=${this.path}` +
      (this.detail === "" ? "" : ` (${this.detail})`);
  }
}

/** A column is asked for where there is no table. */
export class NoColumnError
  extends Schema.TaggedError<NoColumnError>()("NoColumnError", {
    /** The flag that names it. */
    flag: Schema.String,
    /** The column, or the format of `--manifest-format`. */
    column: Schema.String,
    /** What was to be opened. */
    path: Schema.String,
    /** What that is, such as `a folder`. */
    kind: Schema.String,
  }) {
  /** Names the flag, the path and what it is. */
  override get message(): string {
    const own = this.flag === "--manifest-format" ? "a format" : "columns";
    return `Cannot use ${this.flag} as only a manifest has ${own}: current ` +
      `values are ${this.flag}=${this.column}, path=${this.path} ` +
      `(${this.kind}); leave ${this.flag} out or name a manifest`;
  }
}

/** A line of a manifest breaks a rule of its format. */
export class ManifestError
  extends Schema.TaggedError<ManifestError>()("ManifestError", {
    /** Path of the manifest. */
    file: Schema.String,
    /** Line at fault, from 1. */
    line: Schema.Number,
    /** Number and name of the column at fault, where there are columns. */
    column: Schema.optionalKey(Schema.String),
    /** What must hold and does not. */
    rule: Schema.String,
    /** What the line holds instead. */
    found: Schema.String,
  }) {
  /** Names the rule, the file, the line, the column and what is there. */
  override get message(): string {
    const column = this.column === undefined ? "" : `column=${this.column}, `;
    return `Cannot read manifest as ${this.rule}: current values are ` +
      `file=${this.file}, line=${this.line}, ${column}found=${this.found}`;
  }
}

/** A manifest names one image twice. */
export class DuplicateImageError
  extends Schema.TaggedError<DuplicateImageError>()("DuplicateImageError", {
    /** Path of the manifest. */
    file: Schema.String,
    /** The image named twice. */
    id: Schema.String,
    /** Line that names it first, from 1. */
    firstLine: Schema.Number,
    /** Line that names it again. */
    secondLine: Schema.Number,
  }) {
  /** Names the file, the image and both lines. */
  override get message(): string {
    return `Cannot read manifest as an image must be named once: current ` +
      `values are file=${this.file}, image=${this.id}, ` +
      `lines=${this.firstLine} and ${this.secondLine}`;
  }
}

/** An IDX file breaks its format. */
export class IdxError extends Schema.TaggedError<IdxError>()("IdxError", {
  /** Path of the file. */
  file: Schema.String,
  /** Part of the file at fault: `magic`, `type`, `dimensions`, `length` … */
  field: Schema.String,
  /** What it must be. */
  expected: Schema.String,
  /** What it is. */
  found: Schema.String,
}) {
  /** Names the file, the field, what it must be and what it is. */
  override get message(): string {
    return `Cannot read IDX file as ${this.field} must be ${this.expected}: ` +
      `current values are file=${this.file}, ${this.field}=${this.found}`;
  }
}

/** A source does not hold as many images as are to be drawn from it. */
export class SubsetError
  extends Schema.TaggedError<SubsetError>()("SubsetError", {
    /** Name of the source. */
    source: Schema.String,
    /** Images to draw, `--limit`. */
    count: Schema.Number,
    /** Images that there are. */
    images: Schema.Number,
  }) {
  /** Names the rule, the source and both counts. */
  override get message(): string {
    return "Cannot draw images as --limit must be a whole number from 1 to the " +
      `number of images: --limit ${this.count}, ${this.images} images in ` +
      this.source;
  }
}

/** One image cannot be decoded. */
export class UnreadableImageError
  extends Schema.TaggedError<UnreadableImageError>()("UnreadableImageError", {
    /** Name of the image in its source. */
    id: Schema.String,
    /** A clause, such as `the file is empty`. */
    reason: Schema.String,
  }) {
  /** Names the image and the reason. */
  override get message(): string {
    return `Cannot decode image as ${this.reason}: ` +
      `current value is image=${this.id}`;
  }
}

/** Too few images of a source can be decoded. */
export class TooManyUnreadableError
  extends Schema.TaggedError<TooManyUnreadableError>()(
    "TooManyUnreadableError",
    {
      /** Name of the source. */
      source: Schema.String,
      /** Images in the source. */
      images: Schema.Number,
      /** How many of them cannot be decoded. */
      unreadable: Schema.Number,
      /** Largest fraction that was allowed. */
      maxUnreadableShare: Schema.Number,
      /** The first few, with their reasons. */
      examples: Schema.Array(
        Schema.Struct({ id: Schema.String, reason: Schema.String }),
      ),
    },
  ) {
  /** Names the rule, the numbers and the first reasons. */
  override get message(): string {
    const rule = this.unreadable === this.images
      ? "at least one must be readable"
      : `the unreadable fraction must be <= ${this.maxUnreadableShare} ` +
        "(--max-unreadable-fraction)";
    const examples = this.examples
      .map(({ id, reason }) => `${id} (${reason})`).join(", ");
    return `Cannot use images as ${rule}: current values are ` +
      `source=${this.source}, images=${this.images}, ` +
      `unreadable=${this.unreadable}, first=${examples}`;
  }
}

/** The disk refuses to hold decoded images. */
export class CacheError extends Schema.TaggedError<CacheError>()("CacheError", {
  /** Folder or file of the cache. */
  path: Schema.String,
  /** What the system said. */
  detail: Schema.String,
}) {
  /** Names the file, what the system said, and the way out. */
  override get message(): string {
    return `Cannot keep decoded images on disk as the file must be writable ` +
      `within its budget (lower the budget or free some space): ` +
      `current value is path=${this.path} (${this.detail})`;
  }
}
