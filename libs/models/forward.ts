/**
 * A network's forward pass as a graph, for training or for evaluation.
 *
 * @module
 */
import {
  addBias,
  batchNormalization,
  batchNormTraining,
  convolution,
  dropout,
  flatten,
  input,
  linear,
  maxPool,
  relu,
  runningStatistics,
  type ShapeError,
  type Value,
} from "@deepcluster/graph";
import { Effect } from "effect";
import { featureLayer, type Layer, layersOf, type Network } from "./network.ts";

/**
 * `training` normalises by the batch and drops by masks; `evaluation`
 * normalises by running statistics and drops nothing; `fineTuning` normalises
 * by running statistics and drops by masks.
 */
export type Mode = "training" | "evaluation" | "fineTuning";

/** A forward pass. */
export interface Forward {
  /** What is clustered, `[n, d]`: before the last ReLU. */
  readonly features: Value;
  /** Output of every layer, by its name. */
  readonly layers: Readonly<Record<string, Value>>;
  /** Inputs by which masks are fed, by input name; none in evaluation. */
  readonly masks: Readonly<Record<string, Value>>;
  /** Running statistics by parameter name, where they move: in training. */
  readonly statistics: Readonly<
    Record<string, {
      /** The parameter as given. */
      readonly current: Value;
      /** Moved towards this batch by a tenth. */
      readonly next: Value;
    }>
  >;
}

/**
 * Writes a network's forward pass.
 *
 * @param network The network.
 * @param x Normalised RGB images, float32 `[n, 3, size, size]`.
 * @param parameters Values of every parameter that `parameterShapes` lists.
 * A missing one is a defect.
 * @param mode See {@link Mode}.
 * @returns See {@link Forward}, or `ShapeError` when an operand does not have
 * the network's shape.
 */
export const forward = Effect.fnUntraced(function* (
  network: Network,
  x: Value,
  parameters: Readonly<Record<string, Value>>,
  mode: Mode,
): Effect.fn.Return<Forward, ShapeError> {
  const layers: Record<string, Value> = {};
  const masks: Record<string, Value> = {};
  const statistics: Record<string, { current: Value; next: Value }> = {};
  let value = x;
  for (const layer of layersOf(network)) {
    const applied = yield* applyLayer(layer, value, parameters, mode);
    value = applied.output;
    layers[layer.name] = value;
    Object.assign(masks, applied.masks);
    Object.assign(statistics, applied.statistics);
  }
  return {
    features: layers[featureLayer(network)]!,
    layers,
    masks,
    statistics,
  };
});

/** What one layer adds to the pass. */
interface Applied extends Partial<Pick<Forward, "masks" | "statistics">> {
  readonly output: Value;
}

const applyLayer = Effect.fnUntraced(function* (
  layer: Layer,
  x: Value,
  parameters: Readonly<Record<string, Value>>,
  mode: Mode,
): Effect.fn.Return<Applied, ShapeError> {
  const parameter = (field: string) =>
    find(parameters, `${layer.name}.${field}`);
  switch (layer.type) {
    case "convolution": {
      const output = yield* convolution(x, yield* parameter("weight"), layer);
      return {
        output: layer.bias
          ? yield* addBias(output, yield* parameter("bias"))
          : output,
      };
    }
    case "batchNorm":
      return yield* batchNorm(layer.name, x, parameters, mode);
    case "relu":
      return { output: yield* relu(x) };
    case "maxPool":
      return { output: yield* maxPool(x, layer) };
    case "flatten":
      return { output: yield* flatten(x) };
    case "dropout": {
      if (mode === "evaluation" || layer.rate === 0) return { output: x };
      const mask = yield* input(`${layer.name}.mask`, x.shape);
      return {
        output: yield* dropout(x, mask),
        masks: { [`${layer.name}.mask`]: mask },
      };
    }
    case "linear": {
      const weight = yield* parameter("weight");
      return { output: yield* linear(x, weight, yield* parameter("bias")) };
    }
  }
});

const batchNorm = Effect.fnUntraced(function* (
  name: string,
  x: Value,
  parameters: Readonly<Record<string, Value>>,
  mode: Mode,
): Effect.fn.Return<Applied, ShapeError> {
  const scale = yield* find(parameters, `${name}.weight`);
  const shift = yield* find(parameters, `${name}.bias`);
  const mean = yield* find(parameters, `${name}.running_mean`);
  const variance = yield* find(parameters, `${name}.running_var`);
  const running = { mean, variance };
  if (mode !== "training") {
    return { output: yield* batchNormalization(x, running, scale, shift) };
  }
  const { output, batch, count } = yield* batchNormTraining(x, scale, shift);
  const next = yield* runningStatistics(running, batch, count);
  return {
    output,
    statistics: {
      [`${name}.running_mean`]: { current: mean, next: next.mean },
      [`${name}.running_var`]: { current: variance, next: next.variance },
    },
  };
});

const find = (
  parameters: Readonly<Record<string, Value>>,
  name: string,
): Effect.Effect<Value> => {
  const value = parameters[name];
  return value === undefined
    ? Effect.die(new Error(`parameter ${name} is missing`))
    : Effect.succeed(value);
};
