/**
 * What can go wrong before a model is judged: with the model, the images or
 * their labels.
 *
 * @module
 */
import { Schema } from "effect";

/** Images that are to be judged on carry no labels. */
export class UnlabelledDataError
  extends Schema.TaggedError<UnlabelledDataError>()("UnlabelledDataError", {
    /** Path of the images. */
    source: Schema.String,
    /** How labels would be found there. */
    hint: Schema.String,
  }) {
  /** Names the path, and how to give labels. */
  override get message(): string {
    return `Cannot judge as images must have labels: current value is ` +
      `source=${this.source}, labels=0 (${this.hint})`;
  }
}

/** A path is no model. */
export class NoModelError
  extends Schema.TaggedError<NoModelError>()("NoModelError", {
    /** What was asked for. */
    model: Schema.String,
    /** What is there. */
    found: Schema.String,
  }) {
  /** Names what was asked for, and what there may be. */
  override get message(): string {
    return "Cannot judge a model as it must be a run folder, a model file, " +
      `random or pixels: current value is model=${this.model} (${this.found})`;
  }
}

/** A run has no checkpoint of the epoch asked for. */
export class NoCheckpointError
  extends Schema.TaggedError<NoCheckpointError>()("NoCheckpointError", {
    /** The run folder. */
    run: Schema.String,
    /** Epoch asked for; any when absent. */
    epoch: Schema.optional(Schema.Number),
    /** Epochs whose ends are there. */
    present: Schema.Array(Schema.Number),
  }) {
  /** Names the run, the epoch and those that are there. */
  override get message(): string {
    const wanted = this.epoch === undefined
      ? ""
      : ` of the end of epoch ${this.epoch}`;
    const there = this.present.length === 0 ? "none" : this.present.join(", ");
    return `Cannot judge ${this.run} as it must hold a whole checkpoint` +
      `${wanted}: current value is epochs=${there}`;
  }
}

/** A run's clusters are of other images. */
export class ForeignAssignmentsError
  extends Schema.TaggedError<ForeignAssignmentsError>()(
    "ForeignAssignmentsError",
    {
      /** The run folder. */
      run: Schema.String,
      /** The images to compare with. */
      source: Schema.String,
      /** Images of the run. */
      images: Schema.Number,
      /** How many of those are here by name. */
      labelled: Schema.Number,
      /** One that is here by name and holds other content. */
      other: Schema.optional(Schema.String),
    },
  ) {
  /** Names both, and how many images they share. */
  override get message(): string {
    const start = `Cannot compare the clusters of ${this.run} with ` +
      `${this.source} as the run's images must `;
    const end = " (--clusters K clusters these images anew)";
    return this.other === undefined
      ? `${start}have labels there: current values are ` +
        `images=${this.images}, labelled=${this.labelled}${end}`
      : `${start}be there with the content that it learned from: current ` +
        `value is images=${this.images}, other content=${this.other}${end}`;
  }
}
