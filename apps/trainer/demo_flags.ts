/**
 * What `demo` is typed with.
 *
 * @module
 */
import { engineFlags } from "@deepcluster/runs/flags";
import { settings } from "@deepcluster/runs/settings";
import { atLeast, flagWithDefault, optionalFlag } from "@deepcluster/terminal";
import { type Command, Flag } from "effect/cli";
import { smallEmoji } from "./configs/small_emoji.ts";
import { operationFlags } from "./operation_flags.ts";

const { engine, provider, threads } = engineFlags;

/** Epochs of a demo that is not told how many. */
export const usualEpochs = smallEmoji.settings.epochs!;

/** Its arguments and flags. */
export const flags = {
  data: flagWithDefault(
    Flag.String("data").pipe(Flag.withMetavar("DIR")),
    "data/emoji",
    "Folder for the rendered emoji",
  ),
  run: flagWithDefault(
    Flag.String("run").pipe(Flag.withMetavar("DIR")),
    "runs/demo",
    "Run folder; a run that is there already continues",
  ),
  epochs: optionalFlag(
    atLeast("epochs", 1),
    settings.epochs.help,
    `${usualEpochs}, or the run's own if that is more`,
  ),
  engine: { engine, provider, threads },
  operation: operationFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;
