/**
 * When the training of a linear probe is of no use: the loss is not finite, or
 * stays far above that of a guess. Not in the paper.
 *
 * Steps that are too long for the scale of the features throw the weights to
 * and fro. In 32 bits the loss then need not become infinite: it stays finite
 * and high for ever, and the accuracy looks like a figure of the features.
 *
 * @module
 */
import { Effect } from "effect";
import { ProbeDivergedError } from "./probe_errors.ts";
import type { ProbeSettings } from "./probe_options.ts";
import type { ProbeProgress } from "./probe_state.ts";

/** Loss of a guess that gives each class the same probability, twice. */
const limitOf = (classes: number): number => 2 * Math.log(classes);

/**
 * Steps in a row that may be lost: ten times the memory of the momentum, by
 * which the first, longest steps are long forgotten.
 */
const patienceOf = ({ momentum }: Pick<ProbeSettings, "momentum">): number =>
  10 / (1 - momentum);

/**
 * Advances progress by the loss of a step.
 *
 * @param progress Progress before the step.
 * @param loss Of its next step.
 * @param perEpoch Steps of an epoch.
 * @param classes Number of classes.
 * @returns Progress after the step.
 */
export const advance = (
  { step, lossSum, divergedSteps }: ProbeProgress,
  loss: number,
  perEpoch: number,
  classes: number,
): ProbeProgress => {
  const sum = loss + (step % perEpoch === 0 ? 0 : lossSum);
  const ends = (step + 1) % perEpoch === 0;
  const lost = sum / perEpoch > limitOf(classes);
  return {
    step: step + 1,
    lossSum: sum,
    divergedSteps: ends ? (lost ? divergedSteps + perEpoch : 0) : divergedSteps,
  };
};

/**
 * Fails when training is of no use.
 *
 * @param progress Progress after a step.
 * @param perEpoch Steps of an epoch.
 * @param classes Number of classes.
 * @param settings The settings.
 * @returns Nothing, or `ProbeDivergedError`.
 */
export const requireConvergence: (
  progress: ProbeProgress,
  perEpoch: number,
  classes: number,
  settings: ProbeSettings<unknown, unknown>,
) => Effect.Effect<void, ProbeDivergedError> = Effect.fnUntraced(function* (
  { step, lossSum, divergedSteps },
  perEpoch,
  classes,
  settings,
) {
  const last = step - 1;
  const loss = lossSum / (last % perEpoch + 1);
  const finite = Number.isFinite(loss);
  if (finite && divergedSteps < patienceOf(settings)) return;
  return yield* new ProbeDivergedError({
    rule: finite
      ? `not stay above ${limitOf(classes).toFixed(2)}, twice that of a ` +
        `guess among ${classes} classes`
      : "be finite",
    epoch: Math.floor(last / perEpoch) + 1,
    step: last,
    loss: finite ? loss.toFixed(2) : String(loss),
    learningRate: settings.learningRate,
    standardised: settings.standardise,
  });
});
