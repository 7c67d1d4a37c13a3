/**
 * What `export` is typed with.
 *
 * @module
 */
import { atLeast, optionalFlag } from "@deepcluster/terminal";
import { type Command, Flag } from "effect/cli";
import { modelArguments, outputFlags } from "./model_flags.ts";

/** Its arguments and flags. */
export const flags = {
  ...modelArguments,
  ...outputFlags,
  format: Flag.Literals("format", ["onnx", "safetensors"]).pipe(
    Flag.withDescription("Format of the file."),
  ),
  layer: optionalFlag(
    Flag.String("layer").pipe(Flag.withMetavar("NAME")),
    "Layer whose output the ONNX model computes, by either name that " +
      "`model info` lists: conv5 or features.16",
    "features, which are clustered",
  ),
  batch: optionalFlag(
    atLeast("batch", 1),
    "Images of one run of the ONNX model",
    "1",
  ),
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;
