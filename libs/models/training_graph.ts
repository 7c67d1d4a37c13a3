/**
 * The graph of one training step: the network under a fresh last layer, loss
 * on pseudo-labels, SGD.
 *
 * Paper: section 3.1, equation 1; optimisers as in the authors' published
 * code, where the last layer has its own, without momentum.
 *
 * @module
 */
import { floatTensor, type Tensors } from "@deepcluster/core";
import {
  argMax,
  type BuildError,
  buildGraph,
  type Graph,
  input,
  linear,
  momentumName,
  multiply,
  reduceMean,
  reduceSum,
  relu,
  softmaxCrossEntropy,
  subtract,
  toFloat,
  trainingStep,
  type Value,
} from "@deepcluster/graph";
import type { Effect } from "effect";
import { parameterInputs } from "./features_graph.ts";
import { forward } from "./forward.ts";
import type { Network } from "./network.ts";
import { head, parameterShapes, trainable } from "./parameters.ts";

/** What {@link trainingGraph} needs besides the network. */
export interface TrainingGraphOptions {
  /** Images of a step; the paper uses 256. */
  readonly batch: number;
  /** Classes of the last layer. */
  readonly clusters: number;
  /** Momentum of the network, not of the last layer; the paper uses 0.9. */
  readonly momentum: number;
  /** Of network and last layer; the paper uses 1e-5. */
  readonly weightDecay: number;
}

/**
 * Builds the graph of one training step.
 *
 * Inputs: `images` float32 `[batch, 3, size, size]`, `labels` int32 `[batch]`
 * from 0 to below `clusters`, the masks that `maskShapes` lists, and the
 * scalar `learning_rate`. Outputs, both of the parameters before the step:
 * `loss`, the mean cross-entropy, and `correct`, how many images have their
 * label as the largest logit. State: all parameters, the last layer's among
 * them, and the momenta of {@link zeroMomenta}. Running statistics move by a
 * tenth towards the batch's.
 *
 * @param network The network.
 * @param options See {@link TrainingGraphOptions}.
 * @returns The graph, or `ShapeError` when `batch` or `clusters` is no
 * positive integer.
 *
 * @example What a step of AlexNet is fed
 * ```ts
 * import { alexnet, trainingGraph } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const graph = Effect.runSync(Effect.gen(function* () {
 *   const network = yield* alexnet({ sobel: true });
 *   return yield* trainingGraph(network, {
 *     batch: 256,
 *     clusters: 10_000,
 *     momentum: 0.9,
 *     weightDecay: 1e-5,
 *   });
 * }));
 * assert.deepEqual(Object.keys(graph.inputs).sort(), [
 *   "classifier.0.mask",
 *   "classifier.3.mask",
 *   "images",
 *   "labels",
 *   "learning_rate",
 * ]);
 * ```
 */
export const trainingGraph = (
  network: Network,
  { batch, clusters, momentum, weightDecay }: TrainingGraphOptions,
): Effect.Effect<Graph, BuildError> =>
  buildGraph(() => {
    const { channels, size } = network.input;
    const images = input("images", [batch, channels, size, size]);
    const labels = input("labels", [batch], "int32");
    const learningRate = input("learning_rate", []);
    const parameters = parameterInputs(network, clusters);
    const pass = forward(network, images, parameters, "training");
    const logits = linear(
      pass.layers[network.classifier.at(-1)!.name]!,
      parameters[head.weight]!,
      parameters[head.bias],
    );
    return trainingStep({
      loss: reduceMean(softmaxCrossEntropy(logits, labels)),
      groups: [
        {
          parameters: pick(parameters, trainable(network)),
          learningRate,
          momentum,
          weightDecay,
        },
        {
          parameters: pick(parameters, Object.values(head)),
          learningRate,
          weightDecay,
        },
      ],
      constants: pick(parameters, fixed(network)),
      updates: pass.statistics,
      outputs: { correct: countCorrect(logits, labels) },
    });
  });

/**
 * Returns the momenta at the beginning of training. A graph without momentum has
 * none.
 *
 * @param network The network.
 * @returns Zeros by name, `features.0.weight.momentum_buffer` and so on.
 */
export const zeroMomenta = (network: Network): Tensors => {
  const shapes = parameterShapes(network);
  return Object.fromEntries(
    trainable(network).map((name) => [
      momentumName(name),
      floatTensor(shapes[name]!.shape),
    ]),
  );
};

/** Images whose label has the largest logit: those at distance 0 from it. */
const countCorrect = (logits: Value, labels: Value): Value => {
  const distance = subtract(toFloat(argMax(logits)), toFloat(labels));
  const isCorrect = relu(subtract(1, multiply(distance, distance)));
  return reduceSum(isCorrect);
};

const fixed = (network: Network): readonly string[] =>
  Object.entries(parameterShapes(network))
    .filter(([, { role }]) => role === "fixed")
    .map(([name]) => name);

const pick = (
  values: Readonly<Record<string, Value>>,
  names: readonly string[],
): Readonly<Record<string, Value>> =>
  Object.fromEntries(names.map((name) => [name, values[name]!]));
