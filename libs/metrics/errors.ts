/**
 * What can go wrong when metrics are computed.
 *
 * @module
 */
import { Schema } from "effect";

/** Some images have no label. */
export class LabelsMissingError
  extends Schema.TaggedError<LabelsMissingError>()("LabelsMissingError", {
    /** What was to be done, such as `train a linear probe`. */
    action: Schema.String,
    /** Number of images. */
    images: Schema.Number,
    /** How many of them have no label. */
    unlabelled: Schema.Number,
    /** The first of those, counted from 0. */
    first: Schema.Number,
  }) {
  /** How many lack a label, and the first. */
  override get message(): string {
    if (this.images === 0) {
      return `Cannot ${this.action} as there must be an image to learn from ` +
        "and one to evaluate on: current value is images=0 (the only image " +
        "of a class is learned from)";
    }
    return `Cannot ${this.action} as every image must have a label: current ` +
      `values are images=${this.images}, unlabelled=${this.unlabelled}, ` +
      `first unlabelled=${this.first}`;
  }
}

/** A label is none of the classes. */
export class UnknownLabelError
  extends Schema.TaggedError<UnknownLabelError>()("UnknownLabelError", {
    /** What was to be done. */
    action: Schema.String,
    /** The label. */
    label: Schema.Number,
    /** Image that has it, counted from 0. */
    image: Schema.Number,
    /** Number of classes. */
    classes: Schema.Number,
  }) {
  /** Names the label, its image and the number of classes. */
  override get message(): string {
    return `Cannot ${this.action} as every label must be below classes: ` +
      `current values are label=${this.label}, image=${this.image}, ` +
      `classes=${this.classes}`;
  }
}

/** There is nothing to tell apart. */
export class OneClassError
  extends Schema.TaggedError<OneClassError>()("OneClassError", {
    /** What was to be done. */
    action: Schema.String,
    /** Number of classes. */
    classes: Schema.Number,
    /** Which images are of one class, if not all of them. */
    side: Schema.optional(Schema.Literal("training")),
  }) {
  /** Names the number of classes. */
  override get message(): string {
    const among = this.side === undefined
      ? ""
      : ` among the ${this.side} images`;
    return `Cannot ${this.action} as there must be at least 2 classes` +
      `${among}: current value is classes=${this.classes}`;
  }
}

/** Two things that must be of one size are not. */
export class SizeMismatchError
  extends Schema.TaggedError<SizeMismatchError>()("SizeMismatchError", {
    /** What was to be done. */
    action: Schema.String,
    /** What is counted, such as `labels`. */
    what: Schema.String,
    /** How many there must be. */
    expected: Schema.Number,
    /** How many there are. */
    actual: Schema.Number,
  }) {
  /** Names what differs, and both sizes. */
  override get message(): string {
    return `Cannot ${this.action} as ${this.what} must be equal in number: ` +
      `current values are expected=${this.expected}, actual=${this.actual}`;
  }
}

/** No target is positive, so that there is no recall. */
export class NoPositivesError
  extends Schema.TaggedError<NoPositivesError>()("NoPositivesError", {
    /** Targets that are not ignored. */
    targets: Schema.Number,
  }) {
  /** Names how many targets there are. */
  override get message(): string {
    return `Cannot compute average precision as at least one target must be ` +
      `positive: current values are targets=${this.targets}, positives=0`;
  }
}

/** Two labellings do not speak of the same points. */
export class LabelCountError
  extends Schema.TaggedError<LabelCountError>()("LabelCountError", {
    /** Length of the first labelling. */
    first: Schema.Number,
    /** Length of the second. */
    second: Schema.Number,
  }) {
  /** Names both lengths. */
  override get message(): string {
    return `Cannot compare labellings as they must have one label a point ` +
      `each: current values are first=${this.first}, second=${this.second}`;
  }
}
