/**
 * The graphs of VOC classification: one step of training twenty yes-or-no
 * questions on top of a network, and the scores of an image's ten crops.
 *
 * Paper: section 4.4, and the authors' `eval_voc_classif.py`: batch
 * normalisation by running statistics throughout, dropout in training, the
 * loss added up over classes and averaged over images.
 *
 * @module
 */
import {
  divide,
  type Graph,
  graphOf,
  input,
  linear,
  reduceSum,
  type ShapeError,
  sigmoidCrossEntropy,
  trainingStep,
  type Value,
} from "@deepcluster/graph";
import {
  forward,
  head,
  type Mode,
  type Network,
  parameterInputs,
  parameterShapes,
} from "@deepcluster/models";
import { Effect } from "effect";
import type { VocSettings } from "./settings.ts";

/** Crops of an image whose scores are added up. */
export const cropsOfImage = 10;

/** The settings that {@link vocTrainingGraph} reads. */
export type VocGraphSettings = Pick<
  VocSettings,
  | "batch"
  | "clipNorm"
  | "freezeBatchNormScales"
  | "layers"
  | "momentum"
  | "weightDecay"
>;

/**
 * Names of the parameters that are trained.
 *
 * @param network The network.
 * @param settings `fc6-8` trains the fully connected layers and, unless
 * frozen, scales and shifts of batch normalisation; `all` the convolutions as
 * well.
 * @returns Names in the order of `parameterShapes`, the last layer's among
 * them.
 */
export const fineTuned = (
  network: Network,
  { layers, freezeBatchNormScales }: Pick<
    VocSettings,
    "layers" | "freezeBatchNormScales"
  >,
): readonly string[] => {
  const connected = (name: string) =>
    Object.values(head).includes(name) ||
    network.classifier.some((layer) => name.startsWith(`${layer.name}.`));
  return Object.entries(parameterShapes(network, 1)).flatMap(
    ([name, { role }]) => {
      const trained = role === "weight" || role === "bias"
        ? layers === "all" || connected(name)
        : (role === "scale" || role === "shift") && !freezeBatchNormScales;
      return trained ? [name] : [];
    },
  );
};

/**
 * Writes the graph of one step of training.
 *
 * Inputs: `images` float32 `[batch, 3, size, size]`, `targets` float32 `[batch,
 * classes]` as in a `VocSet`, the masks that `maskShapes` lists, and the scalar
 * `learning_rate`. Outputs: `loss`, and `gradientNorm` before clipping. State:
 * all parameters under a head of `classes` outputs, and the momenta of those
 * that are trained. Frozen parameters cost nothing beyond the forward pass.
 *
 * @param network The network.
 * @param classes Number of classes.
 * @param settings See {@link VocGraphSettings}.
 * @returns The graph, or `ShapeError` when `classes` is no positive integer.
 */
export const vocTrainingGraph = Effect.fn("vocTrainingGraph")(function* (
  network: Network,
  classes: number,
  settings: VocGraphSettings,
): Effect.fn.Return<Graph, ShapeError> {
  const { batch, clipNorm, momentum, weightDecay } = settings;
  const { parameters, logits } = yield* scored(
    network,
    classes,
    batch,
    "fineTuning",
  );
  const targets = yield* input("targets", [batch, classes]);
  const losses = yield* sigmoidCrossEntropy(logits, targets);
  const names = new Set(fineTuned(network, settings));
  const entries = Object.entries(parameters);
  return yield* trainingStep({
    loss: yield* divide(yield* reduceSum(losses), batch),
    groups: [{
      parameters: Object.fromEntries(entries.filter(([n]) => names.has(n))),
      learningRate: yield* input("learning_rate", []),
      momentum,
      weightDecay,
    }],
    constants: Object.fromEntries(entries.filter(([n]) => !names.has(n))),
    clipNorm,
  }).pipe(
    // A network of ours is a graph, and all of it has a derivative.
    Effect.catchTags({ GraphError: Effect.die, GradientError: Effect.die }),
  );
});

/**
 * Writes the graph that scores one image.
 *
 * Input: `images` float32 `[10, 3, size, size]`, the crops. Output: `scores`
 * `[classes]`, logits added up over the crops. State: all parameters, constant.
 *
 * @param network The network.
 * @param classes Number of classes.
 * @returns The graph, or `ShapeError` when `classes` is no positive integer.
 */
export const vocScoreGraph = Effect.fn("vocScoreGraph")(function* (
  network: Network,
  classes: number,
): Effect.fn.Return<Graph, ShapeError> {
  const { parameters, logits } = yield* scored(
    network,
    classes,
    cropsOfImage,
    "evaluation",
  );
  const scores = yield* reduceSum(logits, { axes: [0] });
  return yield* graphOf({ scores }, parameters).pipe(
    Effect.catchTag("GraphError", Effect.die),
  );
});

/** Images through the network and its last layer. */
const scored = Effect.fnUntraced(function* (
  network: Network,
  classes: number,
  batch: number,
  mode: Mode,
): Effect.fn.Return<
  {
    readonly parameters: Readonly<Record<string, Value>>;
    readonly logits: Value;
  },
  ShapeError
> {
  const { channels, size } = network.input;
  const images = yield* input("images", [batch, channels, size, size]);
  const parameters = yield* parameterInputs(network, classes);
  const { layers } = yield* forward(network, images, parameters, mode);
  const logits = yield* linear(
    layers[network.classifier.at(-1)!.name]!,
    parameters[head.weight]!,
    parameters[head.bias],
  );
  return { parameters, logits };
});
