/**
 * What `linear` is typed with.
 *
 * @module
 */
import { probeDefaults } from "@deepcluster/evaluation/defaults";
import {
  atLeast,
  flagWithDefault,
  momentumFlag,
  notNegative,
  optionalFlag,
  positive,
  shownDefault,
  switchFlag,
} from "@deepcluster/terminal";
import { type Command, Flag } from "effect/cli";
import { evaluationFlags, layersFlag, seedsFlag } from "./flags.ts";

/** How a probe is trained; the defaults are the paper's. */
export const probeFlags = {
  epochs: optionalFlag(
    atLeast("epochs", 1),
    "Passes over the training images",
    shownDefault(probeDefaults.epochs),
  ),
  learningRate: optionalFlag(
    positive("learning-rate"),
    "Learning rate of the first step",
    shownDefault(probeDefaults.learningRate),
  ),
  momentum: optionalFlag(
    momentumFlag("momentum"),
    "SGD momentum",
    shownDefault(probeDefaults.momentum),
  ),
  weightDecay: optionalFlag(
    notNegative("weight-decay"),
    "SGD weight decay",
    shownDefault(probeDefaults.weightDecay),
  ),
  batch: optionalFlag(
    atLeast("batch", 1),
    "Images of one training step",
    shownDefault(probeDefaults.batch),
  ),
  standardise: optionalFlag(
    switchFlag("standardise"),
    "Scale features to mean 0 and standard deviation 1 first",
    "no, as in the paper",
  ),
  augment: optionalFlag(
    switchFlag("augment"),
    "Train on shifted and mirrored images, other ones in every epoch, as the " +
      "paper does: a pass of the network for each layer and epoch",
    "no",
  ),
};

/** Its arguments and flags. */
export const flags = {
  ...evaluationFlags,
  layers: layersFlag("all"),
  tenCrop: flagWithDefault(
    switchFlag("ten-crop"),
    false,
    "Evaluate on ten crops of each image instead of the centre",
  ),
  memory: flagWithDefault(
    atLeast("memory", 1).pipe(Flag.withMetavar("MIB")),
    512,
    "Memory for the features of a layer",
  ),
  seeds: seedsFlag(1),
  probe: probeFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command:
      "deno task evaluate linear runs/demo data/emoji --layers conv1,conv2,conv3,conv4 --seeds 3",
    description: "Convolutions of a run, on three random splits",
  },
  {
    command:
      "deno task evaluate linear runs/demo data/emoji --layers features --standardise --learning-rate 0.003",
    description:
      "What is clustered; the paper's learning rate is too large for it",
  },
  {
    command:
      "deno task evaluate linear alexnet.pth.tar imagenet --layers conv1,conv2,conv3,conv4,conv5 --augment --ten-crop",
    description: "The paper's protocol",
  },
];
