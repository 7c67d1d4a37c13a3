/**
 * What can go wrong when features are judged.
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
        "and one to be judged on: current value is images=0 (the only image " +
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

/** More neighbours are asked for than there are training images. */
export class TooFewNeighboursError
  extends Schema.TaggedError<TooFewNeighboursError>()(
    "TooFewNeighboursError",
    {
      /** Neighbours asked for. */
      k: Schema.Number,
      /** Number of training images. */
      images: Schema.Number,
    },
  ) {
  /** Names both numbers. */
  override get message(): string {
    return "Cannot find neighbours as --k must be at most the number of " +
      `training images: --k ${this.k}, ${this.images} training images`;
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

/** A list of images does not split a set in two. */
export class SplitListError
  extends Schema.TaggedError<SplitListError>()("SplitListError", {
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
    const { file, line, present } = this;
    const at = line === undefined ? "" : `, line=${line}`;
    return `Cannot split by list as ${this.rule}: ` +
      (file === undefined
        ? `current value is ${present}`
        : `current values are file=${file}${at}, found=${present}`);
  }
}

/** A class has fewer images than are to be drawn of it. */
export class TooFewShotsError
  extends Schema.TaggedError<TooFewShotsError>()("TooFewShotsError", {
    /** Name of the class, or its number where it has no name. */
    class: Schema.String,
    /** Its training images. */
    images: Schema.Number,
    /** Images to be drawn of each class. */
    shots: Schema.Number,
  }) {
  /** Names the class and both numbers. */
  override get message(): string {
    return "Cannot train on few images as --shots must be at most the number " +
      `of training images of every class: --shots ${this.shots}, ` +
      `class ${this.class} has ${this.images}`;
  }
}

/** An option breaks its rule. */
export class EvaluationOptionError
  extends Schema.TaggedError<EvaluationOptionError>()("EvaluationOptionError", {
    /** What was to be done. */
    action: Schema.String,
    /** Name of the option. */
    option: Schema.String,
    /** What must hold, such as `an integer >= 1`. */
    rule: Schema.String,
    /** The present value, rendered. */
    value: Schema.String,
  }) {
  /** Names the option, its rule and its value. */
  override get message(): string {
    return `Cannot ${this.action} as ${this.option} must be ${this.rule}: ` +
      `current value is ${this.option}=${this.value}`;
  }
}
