/**
 * Several steps of a program in one call: inputs and outputs stacked along a
 * first axis.
 *
 * @module
 */
import {
  mapRecord,
  sizeOf,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import type { Graph, Value } from "@deepcluster/graph";
import { Effect } from "effect";
import { zeros } from "./tensors.ts";

/**
 * Adds an axis of steps to values.
 *
 * @param values Values by name.
 * @param steps Size of the axis.
 * @returns Values that describe the stacked tensors.
 */
export const stacked = (
  values: Readonly<Record<string, Value>>,
  steps: number,
): Readonly<Record<string, Value>> =>
  mapRecord(values, (value) => ({
    ...value,
    shape: [steps, ...value.shape],
  }));

/**
 * Makes a run of several steps of a run of one.
 *
 * @param graph What is run.
 * @param run Runs it once; what it gives is valid until the next time.
 * @returns Runs it `steps` times on stacked inputs, and stacks the outputs.
 */
export const stepByStep = <E>(
  graph: Graph,
  run: (inputs: Tensors) => Effect.Effect<Tensors, E>,
): (steps: number, inputs: Tensors) => Effect.Effect<Tensors, E> =>
  Effect.fnUntraced(function* (steps: number, inputs: Tensors) {
    const outputs = mapRecord(stacked(graph.outputs, steps), zeros);
    for (let step = 0; step < steps; step++) {
      const results = yield* run(
        mapRecord(inputs, (tensor) => stepOf(tensor, step)),
      );
      for (const [name, { data }] of Object.entries(results)) {
        stepOf(outputs[name]!, step).data.set(data);
      }
    }
    return outputs;
  });

/**
 * Takes a step of a stacked tensor, without a copy.
 *
 * @param stacked A tensor whose first axis is the steps.
 * @param step Which one.
 * @returns The rest of its axes, in the same memory.
 */
export const stepOf = <T extends Tensor>(
  { data, shape: [, ...shape], ...rest }: T,
  step: number,
): T => {
  const size = sizeOf(shape);
  const own = data.subarray(step * size, (step + 1) * size);
  return { ...rest, shape, data: own } as unknown as T;
};

/**
 * Makes a stack of one step, without a copy.
 *
 * @param tensor What the step has.
 * @returns The same memory with a first axis of one element more.
 */
export const stackOfOne = (tensor: Tensor): Tensor => ({
  ...tensor,
  shape: [1, ...tensor.shape],
});
