/**
 * `linear MODEL DATA`: logistic regression on the frozen output of every layer.
 *
 * Paper: section 4.3.
 *
 * @module
 */
import { judgeLinear } from "@deepcluster/evaluation";
import { Command, Flag } from "effect/cli";
import {
  atLeast,
  momentumFlag,
  notNegative,
  positive,
  switchFlag,
} from "@deepcluster/terminal";
import { asked, given, layersFlag, seedsFlag } from "./flags.ts";
import { judging } from "./judging.ts";

const probeFlag = <A>(flag: Flag.Flag<A>, text: string) =>
  flag.pipe(Flag.withDescription(text), Flag.optional);

/** How a probe is trained; the paper's values where nothing is given. */
export const probeFlags = {
  epochs: probeFlag(
    atLeast("epochs", 1),
    "Passes over the training images (90)",
  ),
  learningRate: probeFlag(
    positive("learning-rate"),
    "Learning rate of the first step (0.01)",
  ),
  momentum: probeFlag(
    momentumFlag("momentum"),
    "SGD momentum (0.9)",
  ),
  weightDecay: probeFlag(
    notNegative("weight-decay"),
    "SGD weight decay (0.0001)",
  ),
  batch: probeFlag(atLeast("batch", 1), "Images of a training step (256)"),
  standardise: probeFlag(
    switchFlag("standardise"),
    "Bring features to mean 0 and deviation 1 first (no, as in the paper)",
  ),
  augment: probeFlag(
    switchFlag("augment"),
    "Learn from shifted and mirrored images, other ones in every epoch, as " +
      "the paper does: a pass for each layer and epoch (no)",
  ),
};

const flags = {
  ...asked,
  layers: layersFlag("all of the network"),
  tenCrop: switchFlag("ten-crop").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Judge on ten crops of an image, not on the centre"),
  ),
  memory: atLeast("memory", 1).pipe(
    Flag.withDefault(512),
    Flag.withMetavar("MIB"),
    Flag.withDescription("Memory for the features of a layer (512)"),
  ),
  seeds: seedsFlag(1),
  probe: probeFlags,
};

/** The command. */
export const linear = Command.make(
  "linear",
  flags,
  ({ layers, tenCrop, memory, seeds, probe, ...values }) =>
    judging(
      values,
      {
        command: "linear",
        seeds,
        ...given({ layers }),
        crops: tenCrop ? "ten" : "centre",
      },
      (bench) =>
        judgeLinear(bench, bench.layers, bench.seed, {
          ...given(probe),
          memoryBytes: memory * 2 ** 20,
        }),
    ),
).pipe(
  Command.withDescription(
    "Logistic regression on the features of every layer. The defaults are the " +
      "paper's, for convolutions after their ReLU; pixels and features before " +
      "the last ReLU want --standardise --learning-rate 0.003",
  ),
  Command.withExamples([
    {
      command:
        "deno task evaluate linear runs/demo data/emoji --layers conv1,conv2,conv3,conv4 --seeds 3",
      description: "Convolutions of a run, on three random splits",
    },
    {
      command:
        "deno task evaluate linear runs/demo data/emoji --layers features --standardise --learning-rate 0.003",
      description:
        "What is clustered, which the paper's steps are too long for",
    },
    {
      command:
        "deno task evaluate linear alexnet.pth.tar imagenet --layers conv1,conv2,conv3,conv4,conv5 --augment --ten-crop",
      description: "The paper's protocol",
    },
  ]),
);
