/**
 * The settings of VOC classification as flags, with the paper's values where
 * nothing is given, and the rules of `VocSettings` by the names of the flags.
 *
 * @module
 */
import { Flag } from "effect/cli";
import {
  atLeast,
  momentumFlag,
  notNegative,
  positive,
  sharesFlag,
  switchFlag,
} from "@deepcluster/terminal";

const described = <A>(flag: Flag.Flag<A>, text: string) =>
  flag.pipe(Flag.withDescription(text), Flag.optional);

/** One flag for each field of `VocSettings`. */
export const vocFlags = {
  split: described(
    Flag.Literals("split", ["trainval", "train"]),
    "Learn from trainval, judge on test; or from train, on val (trainval)",
  ),
  layers: described(
    Flag.Literals("layers", ["fc6-8", "all"]),
    "Train the fully connected layers, or all (fc6-8)",
  ),
  freezeBatchNormScales: described(
    switchFlag("freeze-batch-norm-scales"),
    "Keep scales and shifts of batch normalisation (no)",
  ),
  iterations: described(atLeast("iterations", 0), "Steps of SGD (80000)"),
  batch: described(atLeast("batch", 1), "Images of a step (16)"),
  learningRate: described(
    positive("learning-rate"),
    "Learning rate of the first steps (0.003)",
  ),
  halveEvery: described(
    atLeast("halve-every", 1),
    "Steps between two halvings of the learning rate (5000)",
  ),
  momentum: described(momentumFlag("momentum"), "SGD momentum (0.9)"),
  weightDecay: described(
    notNegative("weight-decay"),
    "SGD weight decay (0.000001)",
  ),
  clipNorm: described(
    positive("clip-norm"),
    "Largest length of all gradients together (10)",
  ),
  cropScale: described(
    sharesFlag("crop-scale").pipe(Flag.withMetavar("FROM,TO")),
    "Share of the image in a random crop (0.1,0.5)",
  ),
  crops: described(
    Flag.Literals("crops", ["random", "fixed"]),
    "Judge by ten random crops, or by corners, centre and mirrors (random)",
  ),
  seed: described(
    atLeast("seed", 0),
    "Names the draws, and the weights of `random` (31)",
  ),
};
