/**
 * The graphs of a linear probe: a step of its training, and its logits.
 *
 * Paper: section 4.3, logistic regression on frozen features.
 *
 * @module
 */
import { draws, floatTensor, type Tensors } from "@deepcluster/core";
import {
  type Graph,
  graphOf,
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
 * One SGD step on a batch.
 *
 * Inputs: `features` `[rows, columns]`, `labels` int32 `[rows]` where a
 * negative one takes no part, `share` = 1 / labels that take part, and
 * `learning_rate`. Output `loss`: the mean over those labels, before the step.
 *
 * @param sizes See {@link ProbeSizes}.
 * @param update See {@link ProbeUpdate}.
 * @returns The graph.
 */
export const probeStep = (
  sizes: ProbeSizes,
  { momentum, weightDecay }: ProbeUpdate,
): Effect.Effect<Graph> =>
  Effect.orDie(Effect.gen(function* () {
    const labels = yield* input("labels", [sizes.rows], "int32");
    const share = yield* input("share", []);
    const learningRate = yield* input("learning_rate", []);
    const { logits, weight, bias } = yield* probe(sizes);
    const losses = yield* softmaxCrossEntropy(logits, labels);
    return yield* trainingStep({
      loss: yield* multiply(yield* reduceSum(losses), share),
      groups: [{
        parameters: { weight, bias },
        learningRate,
        momentum,
        weightDecay,
      }],
    });
  }));

/**
 * What a probe says: input `features` `[rows, columns]`, output `logits`
 * `[rows, classes]`, all parameters constant.
 *
 * @param sizes See {@link ProbeSizes}.
 * @returns The graph.
 */
export const probeLogits = (sizes: ProbeSizes): Effect.Effect<Graph> =>
  Effect.orDie(Effect.gen(function* () {
    const { logits, weight, bias } = yield* probe(sizes);
    return yield* graphOf({ logits }, { weight, bias });
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
const probe = Effect.fnUntraced(function* (
  { rows, columns, classes }: ProbeSizes,
) {
  const features = yield* input("features", [rows, columns]);
  const weight = yield* input("weight", [classes, columns]);
  const bias = yield* input("bias", [classes]);
  const logits = yield* linear(features, weight, bias);
  return { logits, weight, bias };
});
