/**
 * Which settings of a run must stay as they were when it resumes.
 *
 * Where images lie is no setting: their content tells them, and so they may be
 * moved. The number of epochs tells only when to stop: nothing within an epoch
 * depends on it, so a run can be made longer and has the bytes of a run that
 * was to be that long from its beginning.
 *
 * @module
 */
import { differences } from "@deepcluster/storage";
import { Effect } from "effect";
import type { RunConfiguration } from "./configuration.ts";
import { ShorterRunError } from "./errors.ts";

/**
 * Names the settings that decide a run's results and differ.
 *
 * @param before Those that were.
 * @param now Those that are.
 * @returns One line a field, with both values; `images` and `epochs` are no
 * such settings.
 */
export const settingDifferences = (
  before: object,
  now: object,
): readonly string[] => differences(deciding(before), deciding(now));

const deciding = (settings: object): object => {
  const { images: _, epochs: __, from, exclude, ...rest } = settings as Partial<
    RunConfiguration
  >;
  return {
    ...rest,
    ...from && { from: { sha256: from.sha256 } },
    ...exclude && { exclude: { sha256: exclude.sha256 } },
  };
};

/** Options of resuming a run. */
export interface ResumeOptions {
  /** Where its images lie now. Default: where they lay. */
  readonly images?: string;
  /** Epochs in all, at least as many as before. Default: as many. */
  readonly epochs?: number;
}

/**
 * Returns the settings of a resumed run.
 *
 * @param run The run folder, for messages.
 * @param configuration The run's settings.
 * @param options See {@link ResumeOptions}.
 * @returns The settings, or `ShorterRunError`.
 */
export const resumedConfiguration: (
  run: string,
  configuration: RunConfiguration,
  options: ResumeOptions,
) => Effect.Effect<RunConfiguration, ShorterRunError> = Effect.fnUntraced(
  function* (
    run,
    configuration,
    { images = configuration.images, epochs = configuration.epochs },
  ) {
    yield* requireLonger(run, epochs, configuration.epochs);
    return { ...configuration, images, epochs };
  },
);

/**
 * Requires a run not to become shorter.
 *
 * @param run The run folder, for messages.
 * @param epochs Epochs that it shall have.
 * @param present Epochs that it has.
 * @returns Nothing, or `ShorterRunError`.
 */
export const requireLonger = (
  run: string,
  epochs: number,
  present: number,
): Effect.Effect<void, ShorterRunError> =>
  epochs >= present
    ? Effect.void
    : Effect.fail(new ShorterRunError({ run, epochs, present }));
