/**
 * What can go wrong when a linear probe is trained.
 *
 * @module
 */
import { Schema } from "effect";

/** Tells a probe from the others that are trained beside it. */
const Probe = Schema.Struct({
  /** The model, as in tables. */
  model: Schema.String,
  /** Layer that is evaluated. */
  layer: Schema.String,
  /** Names the split and the probe's draws. */
  seed: Schema.Number,
  /** Images of each class that it learns from; absent where from all. */
  shots: Schema.optionalKey(Schema.Number),
});

/** The loss of a probe is not finite, or stays worse than a guess. */
export class ProbeDivergedError
  extends Schema.TaggedError<ProbeDivergedError>()("ProbeDivergedError", {
    /** Which probe; absent where features have no name. */
    probe: Schema.optional(Probe),
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
  /** Names probe, epoch, loss and learning rate, and what to do. */
  override get message(): string {
    const { probe, epoch, step, loss, learningRate } = this;
    const values = { ...probe, epoch, step, loss, learningRate };
    const present = Object.entries(values).map((pair) => pair.join("="));
    return `Cannot train a linear probe as its loss must ${this.rule}: ` +
      `current values are ${present.join(", ")}; ${this.advice}`;
  }

  /** What to do. */
  private get advice(): string {
    if (this.probe?.shots !== undefined) {
      return "such features want `evaluate linear` with --standardise";
    }
    return this.standardised
      ? "lower the learning rate (--learning-rate)"
      : "features of this scale want --standardise --learning-rate 0.003";
  }
}

/** Some of several probes diverged; the figures of the others are told. */
export class ProbesDivergedError
  extends Schema.TaggedError<ProbesDivergedError>()("ProbesDivergedError", {
    /** Why each of them has no figure. */
    diverged: Schema.Array(ProbeDivergedError),
  }) {
  /** A line for each. */
  override get message(): string {
    return this.diverged.map(({ message }) => message).join("\n");
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
