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
  }) {
  /** Names the number of classes. */
  override get message(): string {
    return `Cannot ${this.action} as there must be at least 2 classes: ` +
      `current value is classes=${this.classes}`;
  }
}

/** A class has no image to learn from. */
export class EmptyClassError
  extends Schema.TaggedError<EmptyClassError>()("EmptyClassError", {
    /** What was to be done. */
    action: Schema.String,
    /** Name of the class, or its number where it has no name. */
    class: Schema.String,
    /** How many classes have no image. */
    empty: Schema.Number,
    /** Number of classes. */
    classes: Schema.Number,
  }) {
  /** Names the first such class, and how many there are. */
  override get message(): string {
    return `Cannot ${this.action} as every class must have a training image: ` +
      `current values are class=${this.class}, images=0, ` +
      `empty classes=${this.empty} of ${this.classes}`;
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
    return `Cannot find neighbours as k must be <= training images: ` +
      `current values are k=${this.k}, training images=${this.images}`;
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
  }) {
  /** Names the rule and what is there. */
  override get message(): string {
    return `Cannot split by list as ${this.rule}: current value is ` +
      this.present;
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
    return `Cannot train on few images as every class must have at least as ` +
      `many as there are shots: current values are class=${this.class}, ` +
      `images=${this.images}, shots=${this.shots}`;
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

/** The loss of a probe is not finite, or stays worse than a guess. */
export class ProbeDivergedError
  extends Schema.TaggedError<ProbeDivergedError>()("ProbeDivergedError", {
    /** Layer that is judged; absent where features have no name. */
    layer: Schema.optional(Schema.String),
    /** What must hold of the loss and does not. */
    rule: Schema.String,
    /** Epoch that found it, counted from 1. */
    epoch: Schema.Number,
    /** Step that found it, counted from 0. */
    step: Schema.Number,
    /** The loss, rendered. */
    loss: Schema.String,
    /** Learning rate of that step. */
    learningRate: Schema.Number,
    /** Whether features are standardised already. */
    standardised: Schema.Boolean,
  }) {
  /** Names layer, epoch, loss and learning rate, and what to do. */
  override get message(): string {
    const layer = this.layer === undefined ? "" : `layer=${this.layer}, `;
    const advice = this.standardised
      ? "lower the learning rate (--learning-rate)"
      : "features of this scale want --standardise --learning-rate 0.001";
    return `Cannot train a linear probe as its loss must ${this.rule}: ` +
      `current values are ${layer}epoch=${this.epoch}, step=${this.step}, ` +
      `loss=${this.loss}, learningRate=${this.learningRate}; ${advice}`;
  }
}

/** The state to resume from belongs to another probe. */
export class ForeignProbeError
  extends Schema.TaggedError<ForeignProbeError>()("ForeignProbeError", {
    /** What differs, such as `weight`. */
    what: Schema.String,
    /** What features and options say. */
    expected: Schema.String,
    /** What the state says. */
    actual: Schema.String,
  }) {
  /** Names what differs. */
  override get message(): string {
    return `Cannot resume a linear probe as its state must fit features and ` +
      `options: current values are ${this.what} expected=${this.expected}, ` +
      `state=${this.actual}`;
  }
}
