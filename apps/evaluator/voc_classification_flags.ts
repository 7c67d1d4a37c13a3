/**
 * What `voc-classification` is typed with.
 *
 * @module
 */
import { engineFlags, weightsFlags } from "@deepcluster/runs/flags";
import {
  atLeast,
  flagWithDefault,
  notNegative,
  optionalFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";
import { resultFlags } from "./flags.ts";
import { vocFlags } from "./voc_flags.ts";

/** Its arguments and flags. */
export const flags = {
  model: Argument.String("model").pipe(
    Argument.withDescription(
      "Run folder, model file or `random` (untrained weights).",
    ),
  ),
  folder: Argument.String("vocdir").pipe(
    Argument.withDescription(
      "Folder with JPEGImages and ImageSets/Main, such as VOCdevkit/VOC2007. " +
        "Classes come from files of ImageSets/Main or from Annotations.",
    ),
  ),
  choice: weightsFlags,
  settings: vocFlags,
  state: optionalFlag(
    Flag.String("state").pipe(Flag.withMetavar("DIR")),
    "Folder to save the training in; the same command continues from there",
    "nothing is saved",
  ),
  saveEvery: flagWithDefault(
    notNegative("save-every").pipe(Flag.withMetavar("SECONDS")),
    300,
    "Time between two saves",
  ),
  imageMemory: flagWithDefault(
    atLeast("image-memory", 0).pipe(Flag.withMetavar("MIB")),
    1024,
    "Memory for decoded images",
  ),
  engine: engineFlags,
  ...resultFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command:
      "deno task evaluate voc-classification alexnet.pth.tar VOCdevkit/VOC2007 --state runs/voc",
    description: "The paper's figure: fc6-8, 80 000 steps",
  },
  {
    command:
      "deno task evaluate voc-classification runs/mine VOCdevkit/VOC2007 --fine-tune all --iterations 20000",
    description: "All layers of a run, for a shorter time",
  },
];
