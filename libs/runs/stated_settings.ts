/**
 * The settings of a run that lists of runs show, without the rules of all
 * settings, which take long to load.
 *
 * @module
 */
import { Effect } from "effect";
import { join } from "node:path";
import { ConfigurationError } from "./errors.ts";
import { readRun, type ReadRunError, runFiles } from "./run_folder.ts";

/** Settings that are shown. */
export interface StatedSettings {
  /** Its network. */
  readonly model: string;
  /** Where its images were when it was begun. */
  readonly images: string;
  /** Epochs that it is to have. */
  readonly epochs: number;
  /** The model that it started from; absent for random weights. */
  readonly from?: { readonly path: string };
}

/** What {@link statedSettings} fails with. */
export type StatedSettingsError = ReadRunError | ConfigurationError;

/**
 * Reads the settings of a run that are shown, and checks no others: whoever
 * wrote them has done so.
 *
 * @param folder The run folder.
 * @returns The settings, or `ConfigurationError` when one is missing or of
 * another kind, or the errors of `readRun`.
 */
export const statedSettings: (
  folder: string,
) => Effect.Effect<StatedSettings, StatedSettingsError> = Effect.fnUntraced(
  function* (folder) {
    const config = yield* readRun(folder);
    const { model, images, epochs, from }: Partial<StatedSettings> = Object(
      config,
    );
    const problems = [
      ...typeof model === "string" ? [] : ["model must be a name"],
      ...typeof images === "string" ? [] : ["images must be a path"],
      ...Number.isInteger(epochs) ? [] : ["epochs must be an integer"],
      ...from === undefined || typeof from?.path === "string"
        ? []
        : ["from.path must be a path"],
    ];
    if (problems.length === 0) {
      return { model, images, epochs, from } as StatedSettings;
    }
    return yield* new ConfigurationError({
      origin: join(folder, runFiles.config),
      problems,
    });
  },
);
