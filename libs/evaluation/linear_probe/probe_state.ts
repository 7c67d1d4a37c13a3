/**
 * The state of the training of a linear probe.
 *
 * @module
 */
import { type Shape, sizeOf, type Tensors } from "@deepcluster/core";
import { momentumName } from "@deepcluster/graph";
import { Effect } from "effect";
import { ForeignProbeError } from "./probe_errors.ts";

/** How far the training of a probe is. */
export interface ProbeProgress {
  /** Steps done. */
  readonly step: number;
  /** Losses of this epoch's steps, added up. */
  readonly lossSum: number;
  /** Steps of the last epochs in a row whose mean loss was worse than a guess. */
  readonly divergedSteps: number;
}

/** The state of training: plain data, enough to resume from. */
export interface ProbeState extends ProbeProgress {
  /**
   * `weight` `[classes, d]`, `bias` `[classes]`, with momentum also
   * `weight.momentum_buffer` and `bias.momentum_buffer`, and where features
   * are standardised `mean` and `scale` `[d]`.
   */
  readonly tensors: Tensors;
}

/** The settings on which the shape and the length of a state depend. */
interface DecisiveSettings {
  readonly batch: number;
  readonly epochs: number;
  readonly momentum: number;
  readonly standardise: boolean;
}

/**
 * Number of training steps of an epoch.
 *
 * @param images Number of training images.
 * @param settings The batch counts.
 * @returns `images / batch`, rounded up.
 */
export const stepsPerEpoch = (
  images: number,
  { batch }: Pick<DecisiveSettings, "batch">,
): number => Math.ceil(images / batch);

/**
 * Checks that a state belongs to features and settings.
 *
 * @param state The state.
 * @param sizes Images, features of each and classes.
 * @param settings The settings.
 * @returns Nothing, or `ForeignProbeError` naming what differs.
 */
export const requireOwnState: (state: ProbeState, sizes: {
  readonly images: number;
  readonly columns: number;
  readonly classes: number;
}, settings: DecisiveSettings) => Effect.Effect<void, ForeignProbeError> =
  Effect.fnUntraced(function* (
    state,
    sizes,
    settings,
  ) {
    const { columns, classes } = sizes;
    const shapes: Readonly<Record<string, Shape>> = {
      weight: [classes, columns],
      bias: [classes],
      ...settings.momentum > 0
        ? {
          [momentumName("weight")]: [classes, columns],
          [momentumName("bias")]: [classes],
        }
        : {},
      ...settings.standardise ? { mean: [columns], scale: [columns] } : {},
    };
    for (const name of Object.keys({ ...shapes, ...state.tensors })) {
      const expected = show(shapes[name]);
      const tensor = state.tensors[name];
      const whole = tensor?.data.length === sizeOf(tensor?.shape ?? []);
      const actual = show(tensor?.shape) + (tensor && !whole ? " cut" : "");
      if (expected === actual) continue;
      return yield* new ForeignProbeError({ what: name, expected, actual });
    }
    const steps = settings.epochs * stepsPerEpoch(sizes.images, settings);
    if (state.step >= 0 && state.step <= steps) return;
    return yield* new ForeignProbeError({
      what: "step",
      expected: `0 to ${steps}`,
      actual: String(state.step),
    });
  });

const show = (shape: Shape | undefined): string =>
  shape === undefined ? "none" : `[${shape.join(", ")}]`;
