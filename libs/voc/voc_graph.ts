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
  type BuildError,
  buildGraph,
  divide,
  type Graph,
  input,
  linear,
  reduceSum,
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
import type { Effect } from "effect";
import type { VocSettings } from "./paper_settings.ts";

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
 * Builds the graph of one step of training.
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
export const vocTrainingGraph: (
  network: Network,
  classes: number,
  settings: VocGraphSettings,
) => Effect.Effect<Graph, BuildError> = (network, classes, settings) =>
  buildGraph(() => {
    const { batch, clipNorm, momentum, weightDecay } = settings;
    const scores = score(network, classes, batch, "fineTuning");
    const targets = input("targets", [batch, classes]);
    const losses = sigmoidCrossEntropy(scores.logits, targets);
    const names = new Set(fineTuned(network, settings));
    const parameters = Object.entries(scores.parameters);
    return trainingStep({
      loss: divide(reduceSum(losses), batch),
      groups: [{
        parameters: Object.fromEntries(
          parameters.filter(([name]) => names.has(name)),
        ),
        learningRate: input("learning_rate", []),
        momentum,
        weightDecay,
      }],
      constants: Object.fromEntries(
        parameters.filter(([name]) => !names.has(name)),
      ),
      clipNorm,
    });
  });

/**
 * Builds the graph that scores one image.
 *
 * Input: `images` float32 `[10, 3, size, size]`, the crops. Output: `scores`
 * `[classes]`, logits added up over the crops. State: all parameters, constant.
 *
 * @param network The network.
 * @param classes Number of classes.
 * @returns The graph, or `ShapeError` when `classes` is no positive integer.
 */
export const vocScoreGraph: (
  network: Network,
  classes: number,
) => Effect.Effect<Graph, BuildError> = (network, classes) =>
  buildGraph(() => {
    const { parameters, logits } = score(
      network,
      classes,
      cropsOfImage,
      "evaluation",
    );
    return {
      outputs: { scores: reduceSum(logits, { axes: [0] }) },
      state: parameters,
    };
  });

/** Images through the network and its last layer. */
const score = (
  network: Network,
  classes: number,
  batch: number,
  mode: Mode,
): {
  readonly parameters: Readonly<Record<string, Value>>;
  readonly logits: Value;
} => {
  const { channels, size } = network.input;
  const images = input("images", [batch, channels, size, size]);
  const parameters = parameterInputs(network, classes);
  const { layers } = forward(network, images, parameters, mode);
  const logits = linear(
    layers[network.classifier.at(-1)!.name]!,
    parameters[head.weight]!,
    parameters[head.bias],
  );
  return { parameters, logits };
};
