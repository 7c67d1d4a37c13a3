/**
 * The graphs of a linear probe: a step of its training, and its logits.
 *
 * Paper: section 4.3, logistic regression on frozen features.
 *
 * @module
 */
import { draws, floatTensor, type Tensors } from "@deepcluster/core";
import {
  buildGraph,
  type Graph,
  input,
  linear,
  momentumName,
  multiply,
  reduceSum,
  softmaxCrossEntropy,
  trainingStep,
} from "@deepcluster/graph";
import { Effect } from "effect";

/** Sizes of a probe's graphs. */
export interface ProbeSizes {
  /** Rows of one run. */
  readonly rows: number;
  /** Features of each row, d. */
  readonly columns: number;
  /** Number of classes. */
  readonly classes: number;
}

/** How a probe's parameters are trained. */
export interface ProbeUpdate {
  /** Share of the velocity kept at each step. */
  readonly momentum: number;
  /** Share of a parameter added to its gradient. */
  readonly weightDecay: number;
}

/** Names of a probe's parameters. */
export const parameters = ["weight", "bias"] as const;

/**
 * Builds the graph of one SGD step on a batch.
 *
 * Inputs: `features` `[rows, columns]`, `labels` int32 `[rows]` where a
 * negative one takes no part, `share` = 1 / labels that take part, and
 * `learning_rate`. Output `loss`: the mean over those labels, before the step.
 *
 * @param sizes See {@link ProbeSizes}.
 * @param update See {@link ProbeUpdate}.
 * @returns The graph.
 */
export const probeStep: (
  sizes: ProbeSizes,
  update: ProbeUpdate,
) => Effect.Effect<Graph> = (sizes, { momentum, weightDecay }) =>
  Effect.orDie(buildGraph(() => {
    const labels = input("labels", [sizes.rows], "int32");
    const share = input("share", []);
    const { logits, weight, bias } = probe(sizes);
    const losses = softmaxCrossEntropy(logits, labels);
    return trainingStep({
      loss: multiply(reduceSum(losses), share),
      groups: [{
        parameters: { weight, bias },
        learningRate: input("learning_rate", []),
        momentum,
        weightDecay,
      }],
    });
  }));

/**
 * Builds the graph of a probe's logits: input `features` `[rows, columns]`, output `logits`
 * `[rows, classes]`, all parameters constant.
 *
 * @param sizes See {@link ProbeSizes}.
 * @returns The graph.
 */
export const probeLogits: (sizes: ProbeSizes) => Effect.Effect<Graph> = (
  sizes,
) =>
  Effect.orDie(buildGraph(() => {
    const { logits, weight, bias } = probe(sizes);
    return { outputs: { logits }, state: { weight, bias } };
  }));

/**
 * Parameters before the first step: uniform within `±1 / sqrt(columns)`, as
 * PyTorch's linear layers and so the authors' begin; momenta are zero.
 *
 * @param sizes See {@link ProbeSizes}; rows do not matter.
 * @param momentum Without it there are no momenta.
 * @param seed Names the draws.
 * @returns Tensors by name.
 */
export const initialProbe = (
  { columns, classes }: Omit<ProbeSizes, "rows">,
  momentum: number,
  seed: number,
): Tensors => {
  const shapes = { weight: [classes, columns], bias: [classes] };
  const bound = 1 / Math.sqrt(columns);
  const tensors: Record<string, Tensors[string]> = {};
  for (const name of parameters) {
    const { uniform } = draws(seed, "probe", name);
    const tensor = floatTensor(shapes[name]);
    tensors[name] = floatTensor(
      shapes[name],
      tensor.data.map(() => bound * (2 * uniform() - 1)),
    );
    if (momentum > 0) tensors[momentumName(name)] = tensor;
  }
  return tensors;
};

/** Logits of the inputs, and what they are computed from. */
const probe = ({ rows, columns, classes }: ProbeSizes) => {
  const features = input("features", [rows, columns]);
  const weight = input("weight", [classes, columns]);
  const bias = input("bias", [classes]);
  return { logits: linear(features, weight, bias), weight, bias };
};
