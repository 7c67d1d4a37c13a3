/**
 * The settings of VOC classification as flags, with the paper's values as
 * defaults, and the rules of `VocSettings` by the names of the flags.
 *
 * @module
 */
import {
  atLeast,
  fractionsFlag,
  momentumFlag,
  notNegative,
  optionalFlag,
  positive,
  shownDefault,
  switchFlag,
} from "@deepcluster/terminal";
import { vocPaperSettings as paper } from "@deepcluster/voc/paper-settings";
import { Flag } from "effect/cli";

const setting = <A>(
  flag: Flag.Flag<A>,
  field: keyof typeof paper,
  help: string,
) => optionalFlag(flag, help, shownDefault(paper[field]));

/** One flag for each field of `VocSettings`. */
export const vocFlags = {
  split: setting(
    Flag.Literals("split", ["trainval", "train"]),
    "split",
    "Train on trainval and test on test; or train on train and test on val",
  ),
  layers: setting(
    Flag.Literals("fine-tune", ["fc6-8", "all"]),
    "layers",
    "Layers to fine-tune: the fully connected ones, or all",
  ),
  freezeBatchNormScales: setting(
    switchFlag("freeze-batch-norm-scales"),
    "freezeBatchNormScales",
    "Keep scales and shifts of batch normalisation as they are",
  ),
  iterations: setting(
    atLeast("iterations", 0),
    "iterations",
    "Steps of SGD",
  ),
  batch: setting(atLeast("batch", 1), "batch", "Images of one training step"),
  learningRate: setting(
    positive("learning-rate"),
    "learningRate",
    "Learning rate of the first step",
  ),
  halveEvery: setting(
    atLeast("halve-every", 1),
    "halveEvery",
    "Steps between two halvings of the learning rate",
  ),
  momentum: setting(momentumFlag("momentum"), "momentum", "SGD momentum"),
  weightDecay: setting(
    notNegative("weight-decay"),
    "weightDecay",
    "SGD weight decay",
  ),
  clipNorm: setting(
    positive("clip-norm"),
    "clipNorm",
    "Largest norm of all gradients together",
  ),
  cropScale: setting(
    fractionsFlag("crop-scale").pipe(Flag.withMetavar("MIN,MAX")),
    "cropScale",
    "Area of a random crop, as fractions of the image",
  ),
  crops: setting(
    Flag.Literals("crops", ["random", "fixed"]),
    "crops",
    "Test on ten random crops, or on corners, centre and their mirror images",
  ),
  seed: setting(
    atLeast("seed", 0),
    "seed",
    "Seed of every random draw: training, crops, weights of `random`",
  ),
};
