/**
 * What can go wrong in a run, besides the errors of the libs it uses.
 *
 * @module
 */
import { Schema } from "effect";

/** A run cannot start from the weights that it is told to start from. */
export class StartingModelError
  extends Schema.TaggedError<StartingModelError>()("StartingModelError", {
    /** File or run folder. */
    path: Schema.String,
    rule: Schema.String,
    found: Schema.String,
  }) {
  /** The model, the rule and what was found. */
  override get message(): string {
    return `Cannot start from ${this.path} as ${this.rule}: ${this.found}`;
  }
}

/** A loss, weight or feature became NaN or infinite: the run diverged. */
export class NonFiniteError extends Schema.TaggedError<NonFiniteError>()(
  "NonFiniteError",
  {
    what: Schema.String,
    epoch: Schema.Int,
    step: Schema.Int,
    value: Schema.String,
  },
) {
  /** What diverged, where, and what to try. */
  override get message(): string {
    return `Cannot go on training as every ${this.what} must be finite: found ${this.value} in epoch ${this.epoch}, step ${this.step} (a smaller --learning-rate often helps)`;
  }
}

/** Pseudo-labels that are not one of the head's clusters for every image. */
export class PseudoLabelError extends Schema.TaggedError<PseudoLabelError>()(
  "PseudoLabelError",
  {
    images: Schema.Int,
    pseudoLabels: Schema.Int,
    clusters: Schema.Int,
    largest: Schema.Int,
  },
) {
  /** The rule and the present counts. */
  override get message(): string {
    return `Cannot train as every image must have a pseudo-label from 0 to below clusters: current values are images=${this.images}, pseudo-labels=${this.pseudoLabels}, largest=${this.largest}, clusters=${this.clusters}`;
  }
}

/** The settings are not those that the run was started with. */
export class SettingsChangedError
  extends Schema.TaggedError<SettingsChangedError>()("SettingsChangedError", {
    run: Schema.String,
    differences: Schema.Array(Schema.String),
  }) {
  /** Every field that differs, with both values. */
  override get message(): string {
    return `Cannot resume ${this.run} as its settings must be those it was started with:\n  ${
      this.differences.join("\n  ")
    }`;
  }
}

/** The images are not those that the run was started on. */
export class ImagesChangedError
  extends Schema.TaggedError<ImagesChangedError>()("ImagesChangedError", {
    source: Schema.String,
    before: Schema.Int,
    now: Schema.Int,
    first: Schema.String,
  }) {
  /** How the images differ. */
  override get message(): string {
    return `Cannot resume as the images must be those that the run started on: ${this.source} had ${this.before} images and has ${this.now}; the first that differs is ${this.first}`;
  }
}
