/**
 * What can go wrong with R-MAC.
 *
 * @module
 */
import { Schema } from "effect";

/** A model has no map whose regions could be pooled. */
export class NoMapError extends Schema.TaggedError<NoMapError>()("NoMapError", {
  /** Name of the model. */
  model: Schema.String,
}) {
  /** Names the model. */
  override get message(): string {
    return `Cannot compute R-MAC of ${this.model} as the model must be a ` +
      "network of ours with convolutions (alexnet, vgg16, small: a run, a " +
      "file of weights, random)";
  }
}
