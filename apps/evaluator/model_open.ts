/**
 * The model that a command opens: a file, or a run's newest checkpoint.
 *
 * @module
 */
import { openModelFile, type OpenModelOptions } from "@deepcluster/model-io";
import { openRunCheckpoint } from "@deepcluster/runs";
import { kindOf } from "@deepcluster/storage";
import {
  flagWithDefault,
  fromHere,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Effect, Option } from "effect";
import { Argument, Flag } from "effect/cli";
import { ModelCommandError } from "./model_errors.ts";

/** Argument and flags of every command on a model. */
export const modelArguments = {
  model: Argument.String("model").pipe(
    Argument.withDescription(
      "File of torch.save or safetensors, or run folder (its newest epoch).",
    ),
  ),
  size: optionalFlag(
    Flag.Int("size"),
    "Side of the network's square input, in pixels, where several fit its " +
      "parameters",
  ),
  state: optionalFlag(
    Flag.String("state-dict").pipe(Flag.withMetavar("KEYS")),
    "Keys that lead to the network in a file that holds several, joined by " +
      "dots, such as `ema` or `state_dict.teacher`; `.` for the top",
    "the only one",
  ),
  json: flagWithDefault(switchFlag("json"), false, "Print the results as JSON"),
};

/** Values of those of {@link modelArguments} that say which model. */
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
 * @param flags The flags of {@link modelArguments}.
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
  const { configuration, path: newest, skipped } = yield* openRunCheckpoint(
    path,
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
  return yield* openModelFile(newest, { size: configuration.size, ...all });
});
