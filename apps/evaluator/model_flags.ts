/**
 * What the commands of `model` share on the command line.
 *
 * @module
 */
import {
  flagWithDefault,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, Flag } from "effect/cli";

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

/** Flags of a command that writes a file. */
export const outputFlags = {
  out: Flag.String("out").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("File to write."),
  ),
  force: flagWithDefault(
    switchFlag("force"),
    false,
    "Overwrite a file that exists",
  ),
  head: flagWithDefault(
    switchFlag("head"),
    false,
    "Keep the last layer too, in safetensors",
  ),
};
