/**
 * One step of gradient ascent as a graph: images are the state, the network is
 * constant.
 *
 * Paper: section 4.2; the authors' published code, `visu/gradient_ascent.py`.
 *
 * @module
 */
import {
  add,
  type BuildError,
  buildGraph,
  constant,
  divide,
  gradients,
  type Graph,
  input,
  multiply,
  negate,
  reduceMean,
  reduceSum,
  reluGradient,
  softmaxCrossEntropy,
  sqrt,
  subtract,
  type Value,
} from "@deepcluster/graph";
import {
  forwardThrough,
  layersOf,
  type Network,
  parameterInputs,
} from "@deepcluster/models";
import type { Effect } from "effect";

/**
 * What an image raises: its filter above the others of the layer, by the
 * cross-entropy between them, as the authors; or its filter's mean activation
 * alone.
 */
export type AscentObjective = "cross-entropy" | "activation";

/** What a step is to raise, how far it goes, and what holds it back. */
export interface AscentStep {
  /** See {@link AscentObjective}. */
  readonly objective: AscentObjective;
  /** Length of a step: the norm of what is added to an image. */
  readonly learningRate: number;
  /** Weight of an image's squared norm in its loss. */
  readonly weightDecay: number;
}

/** What the images of a step are to lower, and by which values. */
export interface AscentLoss {
  /** The images, float32 `[count, 3, size, size]`, normalised. */
  readonly images: Value;
  /** Sum of the losses of all images. */
  readonly loss: Value;
  /** Mean activation of its filter on each image, `[count]`. */
  readonly activations: Value;
  /** Parameters of the network up to the layer, by name. */
  readonly parameters: Readonly<Record<string, Value>>;
}

/**
 * Builds the graph of one step for several images, each with a filter of its
 * own.
 *
 * An image goes `learningRate` down the gradient of its loss, normalised to
 * length 1. The images do not depend on one another.
 *
 * @param network The network, in evaluation mode: running statistics.
 * @param layer Path of a layer of its convolutional part, such as
 * `features.16`.
 * @param count Number of images.
 * @param step See {@link AscentStep}.
 * @returns A graph with the inputs of {@link ascentLoss}; the output
 * `activations` `[count]` of the images before the step; as state the `images`
 * and, constant, the parameters up to the layer.
 */
export const ascentGraph = (
  network: Network,
  layer: string,
  count: number,
  { learningRate, ...step }: AscentStep,
): Effect.Effect<Graph, BuildError> =>
  buildGraph(() => {
    const { images, loss, activations, parameters } = ascentLoss(
      network,
      layer,
      count,
      step,
    );
    const [gradient] = gradients(loss, [images]);
    const norms = sqrt(
      reduceSum(multiply(gradient!, gradient!), {
        axes: [1, 2, 3],
        keepDimensions: true,
      }),
    );
    const direction = divide(gradient!, add(norms, 1e-8));
    const next = subtract(images, multiply(direction, learningRate));
    return {
      outputs: { activations },
      state: { ...parameters, images: { current: images, next } },
    };
  });

/**
 * Writes the loss of images: the cross-entropy between the filter of each and
 * the others of the layer, on their mean activations, or minus the mean
 * activation of the filter; plus `weightDecay` times its squared norm.
 *
 * Where the filter is silent behind its ReLU, as on the noise at the
 * beginning, nothing leads up; there, like the authors, it takes the layer's
 * convolution itself, before normalisation.
 *
 * @param network The network.
 * @param layer Path of a layer of its convolutional part.
 * @param count Number of images.
 * @param step See {@link AscentStep}.
 * @returns The loss, of the inputs `images`, `filters`, int32 `[count]`, for
 * the cross-entropy only, and `wanted`, float32 `[count, filters of the layer]`: 1 at the filter of each
 * image, else 0.
 * @throws {ShapeError} When `count` is no positive integer.
 */
export const ascentLoss = (
  network: Network,
  layer: string,
  count: number,
  { objective, weightDecay }: Omit<AscentStep, "learningRate">,
): AscentLoss => {
  const features = network.features.slice(
    0,
    network.features.findIndex(({ name }) => name === layer) + 1,
  );
  const cut: Network = { ...network, features, classifier: [] };
  const { channels, size } = network.input;
  const images = input("images", [count, channels, size, size]);
  const parameters = parameterInputs(cut);
  const { layers } = forwardThrough(
    layersOf(cut),
    images,
    parameters,
    "evaluation",
  );
  const means = channelMeans(layers[layer]!);
  const wanted = input("wanted", means.shape);
  const own = reduceSum(multiply(means, wanted), {
    axes: [1],
    keepDimensions: true,
  });
  const last = features.findLastIndex(({ type }) => type === "convolution");
  const isRectified = features.slice(last).some(({ type }) => type === "relu");
  const isActive = reluGradient(own, constant(1, own.shape));
  const logits = isRectified
    ? add(
      multiply(means, isActive),
      multiply(
        channelMeans(layers[features[last]!.name]!),
        subtract(1, isActive),
      ),
    )
    : means;
  const loss = add(
    objective === "activation"
      ? negate(reduceSum(multiply(logits, wanted)))
      : reduceSum(
        softmaxCrossEntropy(logits, input("filters", [count], "int32")),
      ),
    multiply(reduceSum(multiply(images, images)), weightDecay),
  );
  const activations = reduceSum(own, { axes: [1] });
  return { images, loss, activations, parameters };
};

const channelMeans = (map: Value): Value => reduceMean(map, { axes: [2, 3] });
