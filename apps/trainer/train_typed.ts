/**
 * What `train` does, once its command line is read.
 *
 * @module
 */
import { fromHere } from "@deepcluster/terminal";
import { Effect, type Option } from "effect";
import type { OperationValues } from "./operation_flags.ts";
import type { SettingValues } from "./setting_flags.ts";
import { configurationOf } from "./settings.ts";
import { startRun } from "./start_run.ts";

/**
 * Trains a new run to its end.
 *
 * @param images Where the images are, unless the configuration file says.
 * @param run Path of the run folder, from where the command was called.
 * @param operation How the run is carried out.
 * @param settings Its settings.
 * @returns Nothing, or the error of what failed.
 */
export const trainTyped = Effect.fnUntraced(function* (
  images: Option.Option<string>,
  run: string,
  operation: OperationValues,
  settings: SettingValues,
) {
  const configuration = yield* configurationOf(images, settings);
  yield* startRun(fromHere(run), configuration, operation);
});
