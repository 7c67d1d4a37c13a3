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
  refuse,
  relu,
  runningStatistics,
  type Value,
} from "@deepcluster/graph";
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
      /** The parameter before the step. */
      readonly current: Value;
      /** Moved towards this batch by a tenth. */
      readonly next: Value;
    }>
  >;
}

/**
 * Writes a network's forward pass, for `buildGraph`.
 *
 * @param network The network.
 * @param x Normalised RGB images, float32 `[n, 3, size, size]`.
 * @param parameters Values of every parameter that `parameterShapes` lists.
 * @param mode See {@link Mode}.
 * @returns See {@link Forward}.
 * @throws {ShapeError} When an operand does not have the network's shape, or a
 * parameter is missing.
 */
export const forward = (
  network: Network,
  x: Value,
  parameters: Readonly<Record<string, Value>>,
  mode: Mode,
): Forward => {
  const pass = forwardThrough(layersOf(network), x, parameters, mode);
  return { features: pass.layers[featureLayer(network)]!, ...pass };
};

/**
 * Writes the forward pass of some layers that follow one another.
 *
 * @param layers The layers in order.
 * @param x What the first of them is fed.
 * @param parameters Values of all their parameters.
 * @param mode See {@link Mode}.
 * @returns All of {@link Forward} but the features.
 * @throws {ShapeError} As {@link forward}.
 */
export const forwardThrough = (
  layers: readonly Layer[],
  x: Value,
  parameters: Readonly<Record<string, Value>>,
  mode: Mode,
): Omit<Forward, "features"> => {
  const outputs: Record<string, Value> = {};
  const masks: Record<string, Value> = {};
  const statistics: Record<string, { current: Value; next: Value }> = {};
  let value = x;
  for (const layer of layers) {
    const applied = applyLayer(layer, value, parameters, mode);
    value = applied.output;
    outputs[layer.name] = value;
    Object.assign(masks, applied.masks);
    Object.assign(statistics, applied.statistics);
  }
  return { layers: outputs, masks, statistics };
};

/** What one layer adds to the pass. */
interface Applied extends Partial<Pick<Forward, "masks" | "statistics">> {
  readonly output: Value;
}

const applyLayer = (
  layer: Layer,
  x: Value,
  parameters: Readonly<Record<string, Value>>,
  mode: Mode,
): Applied => {
  const parameter = (field: string): Value => {
    const name = `${layer.name}.${field}`;
    return parameters[name] ??
      refuse("forward", { x }, `parameter ${name} must be given`);
  };
  switch (layer.type) {
    case "convolution": {
      const output = convolution(x, parameter("weight"), layer);
      return {
        output: layer.bias ? addBias(output, parameter("bias")) : output,
      };
    }
    case "batchNorm":
      return batchNorm(layer.name, x, parameter, mode);
    case "relu":
      return { output: relu(x) };
    case "maxPool":
      return { output: maxPool(x, layer) };
    case "flatten":
      return { output: flatten(x) };
    case "dropout": {
      if (mode === "evaluation" || layer.rate === 0) return { output: x };
      const mask = input(`${layer.name}.mask`, x.shape);
      return {
        output: dropout(x, mask),
        masks: { [`${layer.name}.mask`]: mask },
      };
    }
    case "linear":
      return { output: linear(x, parameter("weight"), parameter("bias")) };
  }
};

const batchNorm = (
  name: string,
  x: Value,
  parameter: (field: string) => Value,
  mode: Mode,
): Applied => {
  const [scale, shift] = [parameter("weight"), parameter("bias")];
  const [mean, variance] = [
    parameter("running_mean"),
    parameter("running_var"),
  ];
  const running = { mean, variance };
  if (mode !== "training") {
    return { output: batchNormalization(x, running, scale, shift) };
  }
  const { output, batch, count } = batchNormTraining(x, scale, shift);
  const next = runningStatistics(running, batch, count);
  return {
    output,
    statistics: {
      [`${name}.running_mean`]: { current: mean, next: next.mean },
      [`${name}.running_var`]: { current: variance, next: next.variance },
    },
  };
};
