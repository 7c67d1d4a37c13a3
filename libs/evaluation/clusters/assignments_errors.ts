/**
 * What can go wrong before a model is evaluated: with the model, the images or
 * their labels.
 *
 * @module
 */
import { Schema } from "effect";

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
