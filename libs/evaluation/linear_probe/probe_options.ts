/**
 * How a linear probe is trained, with the paper's values as defaults.
 *
 * Paper: section 4.3.
 *
 * @module
 */
import {
  type OptionError,
  requireCount,
  requireOption,
} from "@deepcluster/core";
import { Effect } from "effect";
import { probeDefaults } from "../defaults.ts";
import type { ProbeState } from "./probe_state.ts";

/** How a linear probe is trained; all but the seed may be left out. */
export interface ProbeOptions<E = never, R = never> {
  /** Names every random draw: first weights and the order of each epoch. */
  readonly seed: number;
  /**
   * Of step 0. Default: 0.01. Step t has `learningRate / sqrt(1 +
   * learningRate * weightDecay * t)`, as in the authors' code.
   */
  readonly learningRate?: number;
  /** Fraction of the velocity kept, from 0 to below 1. Default: 0.9. */
  readonly momentum?: number;
  /** Of weights and biases, at least 0. Default: 1e-4. */
  readonly weightDecay?: number;
  /** Images of a step. Default: 256. An epoch's last one has the rest. */
  readonly batch?: number;
  /** Passes over the training images. Default: 90. */
  readonly epochs?: number;
  /**
   * Brings each feature to mean 0 and deviation 1 of the training features
   * (of epoch 0 where they change). Not the paper's: false when absent.
   */
  readonly standardise?: boolean;
  /** Rows of each test image, such as 10. Default: 1. */
  readonly crops?: number;
  /** Memory for features. Default: 512 MiB. */
  readonly memoryBytes?: number;
  /**
   * Saves a state to go on from; also called on interruption, at the end of
   * training, and of every epoch that has features of its own.
   */
  readonly save?: (state: ProbeState) => Effect.Effect<void, E, R>;
  /** Time between two saves. Default: five minutes. */
  readonly saveEveryMs?: number;
}

/** Options that have passed their rules, defaults filled in. */
export type ProbeSettings<E = never, R = never> =
  & Required<Omit<ProbeOptions, "save">>
  & Pick<ProbeOptions<E, R>, "save">;

/** What a probe does, for messages. */
export const action = "train a linear probe";

/**
 * Checks options and fills in what they leave out.
 *
 * @param options See {@link ProbeOptions}.
 * @returns The settings, or `OptionError`.
 */
export const settingsOf: <E, R>(
  options: ProbeOptions<E, R>,
) => Effect.Effect<ProbeSettings<E, R>, OptionError> = Effect.fnUntraced(
  function* <E, R>(
    options: ProbeOptions<E, R>,
  ) {
    const settings: ProbeSettings<E, R> = { ...probeDefaults, ...options };
    for (const option of ["batch", "epochs", "crops", "memoryBytes"] as const) {
      yield* requireCount(action, option, settings[option], 1);
    }
    const { learningRate, momentum, weightDecay } = settings;
    for (
      const [option, value, rule, holds] of [
        ["learningRate", learningRate, "above 0", learningRate > 0],
        [
          "momentum",
          momentum,
          "from 0 to below 1",
          momentum >= 0 && momentum < 1,
        ],
        ["weightDecay", weightDecay, "at least 0", weightDecay >= 0],
      ] as const
    ) {
      const finite = Number.isFinite(value);
      yield* requireOption(action, option, rule, value, holds && finite);
    }
    return settings;
  },
);

/**
 * The settings that decide how a probe turns out.
 *
 * @param settings All of them.
 * @returns Those that are not about memory, saving, or what is told besides.
 */
export const decisiveOf = <E, R>(settings: ProbeSettings<E, R>): Omit<
  ProbeSettings,
  "seed" | "crops" | "memoryBytes" | "save" | "saveEveryMs"
> => {
  const {
    seed: _seed,
    crops: _crops,
    memoryBytes: _memoryBytes,
    save: _save,
    saveEveryMs: _saveEveryMs,
    ...decisive
  } = settings;
  return decisive;
};
