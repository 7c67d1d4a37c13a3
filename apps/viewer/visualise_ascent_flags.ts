/**
 * What `gradient-ascent` is typed with.
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
import { ascentDefaults } from "@deepcluster/visualisation/ascent-settings";
import { type Command, Flag } from "effect/cli";
import {
  commonFlags,
  filterFlags,
  imageFlags,
  layersFlag,
  networkArgument,
  outFlag,
  scaleFlag,
} from "./visualise_flags.ts";

/** How images climb; the defaults are the authors'. */
const ascentFlags = {
  objective: flagWithDefault(
    Flag.Literals("objective", ["cross-entropy", "activation"]),
    ascentDefaults.objective,
    "What an image raises: its filter against the others of its layer, or its " +
      "filter's mean activation alone",
  ),
  steps: flagWithDefault(
    atLeast("steps", 1),
    ascentDefaults.steps,
    "Steps of each image; the authors' figures take up to 30000",
  ),
  learningRate: flagWithDefault(
    notNegative("learning-rate"),
    ascentDefaults.learningRate,
    "Norm of what a step adds to an image",
  ),
  weightDecay: flagWithDefault(
    notNegative("weight-decay"),
    ascentDefaults.weightDecay,
    "Weight of an image's squared norm against the filter",
  ),
  blurSigma: flagWithDefault(
    notNegative("blur-sigma"),
    ascentDefaults.blurSigma,
    "Standard deviation of the blur, in pixels (0: none)",
  ),
  blurEvery: flagWithDefault(
    atLeast("blur-every", 1),
    ascentDefaults.blurEvery,
    "Steps from one blur to the next",
  ),
};

/** Its arguments and flags. */
export const flags = {
  model: networkArgument,
  out: outFlag,
  layers: layersFlag("all convolutions, each after its ReLU"),
  which: filterFlags,
  batch: flagWithDefault(
    atLeast("batch", 1),
    9,
    "Images that climb together; other numbers give other bits",
  ),
  settings: ascentFlags,
  images: optionalFlag(
    Flag.String("images").pipe(Flag.withMetavar("IMAGES")),
    "Images whose largest activations the filters' are compared with",
  ),
  source: imageFlags,
  scale: scaleFlag("pixel", "as many as make a picture 96 wide"),
  weights: weightsFlags,
  ...commonFlags,
  engine: engineFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task visualise gradient-ascent runs/demo --out pictures/up",
    description: "Nine random filters of every convolution",
  },
  {
    command: "deno task visualise gradient-ascent alexnet.pth --layers " +
      "conv1,conv3,conv5 --filters 0,7,40 --steps 3000 --out up",
    description: "Three filters of three layers; stopped, it resumes",
  },
];
