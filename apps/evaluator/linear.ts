/**
 * `linear MODEL DATA`: logistic regression on the frozen output of every layer.
 *
 * Paper: section 4.3.
 *
 * @module
 */
import { judgeLinear, layersNamed } from "@deepcluster/evaluation";
import { Effect } from "effect";
import { Command, Flag } from "effect/cli";
import { asked, given, layersFlag, namesIn, seedsFlag } from "./flags.ts";
import { judging } from "./judging.ts";

const probeFlag = <A>(flag: Flag.Flag<A>, text: string) =>
  flag.pipe(Flag.withDescription(text), Flag.optional);

/** How a probe is trained; the paper's values where nothing is given. */
export const probeFlags = {
  epochs: probeFlag(
    Flag.Int("epochs"),
    "Passes over the training images (90)",
  ),
  learningRate: probeFlag(
    Flag.Finite("learning-rate"),
    "Learning rate of the first step (0.01)",
  ),
  momentum: probeFlag(Flag.Finite("momentum"), "SGD momentum (0.9)"),
  weightDecay: probeFlag(
    Flag.Finite("weight-decay"),
    "SGD weight decay (0.0001)",
  ),
  batch: probeFlag(Flag.Int("batch"), "Images of a training step (256)"),
  standardise: probeFlag(
    Flag.Boolean("standardise"),
    "Bring features to mean 0 and deviation 1 first (no, as in the paper)",
  ),
};

const flags = {
  ...asked,
  layers: layersFlag("all of the network"),
  tenCrop: Flag.Boolean("ten-crop").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Judge on ten crops of an image, not on the centre"),
  ),
  memory: Flag.Int("memory").pipe(
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
      "linear",
      values,
      seeds,
      Effect.fnUntraced(function* (bench) {
        const all = bench.model.layers.map(({ name }) => name);
        const chosen = yield* layersNamed(bench.model, namesIn(layers, all));
        return yield* judgeLinear(bench, chosen, bench.seed, {
          ...given(probe),
          memoryBytes: memory * 2 ** 20,
        });
      }),
      tenCrop ? "ten" : "centre",
    ),
).pipe(
  Command.withDescription("Logistic regression on the features of every layer"),
  Command.withExamples([
    {
      command: "deno task evaluate linear runs/demo data/emoji --seeds 3",
      description: "Every layer of a run, on three random splits",
    },
  ]),
);
