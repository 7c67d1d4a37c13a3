/**
 * What can go wrong when features are evaluated.
 *
 * @module
 */
import { Schema } from "effect";

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
    return "Cannot find neighbours as --neighbours must be at most the number " +
      `of training images: --neighbours ${this.k}, ${this.images} training ` +
      "images";
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
