/**
 * The model that a command opens: a file, or a run's newest checkpoint.
 *
 * @module
 */
import {
  openModelFile,
  type OpenModelOptions,
} from "@deepcluster/model-io/model-file";
import { openEpochEnd } from "@deepcluster/runs/epoch-end";
import { kindOf } from "@deepcluster/storage";
import { fromHere } from "@deepcluster/terminal";
import { Effect, Option } from "effect";
import { join } from "node:path";
import { ModelCommandError } from "./model_errors.ts";

/** Values of the flags that say which model. */
export interface ModelFlags {
  /** File or folder. */
  readonly model: string;
  /** Side of the network's input, in pixels. */
  readonly size: Option.Option<number>;
  /** Keys that lead to the network. */
  readonly state: Option.Option<string>;
}

/**
 * Opens a model.
 *
 * @param flags Which model.
 * @param options Whether to read the last layer too, and parameters that are
 * not finite; neither by default.
 * @returns The model, or `ModelCommandError` when a run has no checkpoint, or
 * the errors of run folder and file.
 */
export const openModel = Effect.fnUntraced(function* (
  { model, size, state }: ModelFlags,
  options: Pick<OpenModelOptions, "head" | "unsound"> = {},
) {
  const path = fromHere(model);
  const all = {
    ...options,
    ...Option.isSome(size) && { size: size.value },
    ...Option.isSome(state) && { state: state.value },
  };
  if ((yield* kindOf(path)) !== "folder") {
    return yield* openModelFile(path, all);
  }
  const { content: opened, skipped } = yield* openEpochEnd(
    path,
    {},
    (file, size) =>
      openModelFile(join(path, file), {
        ...size !== undefined && { size },
        ...all,
        checkpoint: true,
      }),
  ).pipe(
    Effect.catchTag(
      "NoCheckpointError",
      ({ run, present }) =>
        new ModelCommandError({
          action: `open a model of ${run}`,
          rule: "a run must hold an intact checkpoint of an epoch's end",
          found: `${present.length} of them, none of which is`,
        }),
    ),
  );
  for (const { path, reason } of skipped) {
    yield* Effect.logWarning(`Skipped ${path}: ${reason}`);
  }
  return opened;
});
