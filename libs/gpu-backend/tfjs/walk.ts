/**
 * One run of a graph: its operators one after the other.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import type { Graph, Value } from "@deepcluster/graph";
import type { TfjsEngine } from "./kernel.ts";
import type { Plan, Step } from "./plan.ts";
import {
  type HeldTensor,
  hold,
  type TfTensorsByName,
  upload,
} from "./tensors.ts";
import type { TfTensor } from "./tfjs_types.ts";

/** What a run reads. */
export interface Leaves {
  /** A tensor of the library for every entry of the graph's state, plain. */
  readonly state: TfTensorsByName;
  /** What the graph is fed. */
  readonly inputs: Tensors;
}

/**
 * Computes the results of a graph; throws what the library throws, and leaves
 * no tensor behind then.
 *
 * @param engine The library, its backend active.
 * @param graph The graph.
 * @param plan Its steps.
 * @param leaves What it reads.
 * @param onStep Hears which step begins.
 * @returns A plain tensor for each of the plan's results, for the caller to
 * dispose.
 */
export const walk = (
  engine: TfjsEngine,
  graph: Graph,
  { steps, results }: Plan,
  { state, inputs }: Leaves,
  onStep: (step: Step) => void,
): ReadonlyMap<Value, TfTensor> => {
  const { tf } = engine;
  const tensors = tf.tidy(() => {
    const held = new Map<Value, HeldTensor>();
    for (const [name, tensor] of upload(tf, inputs)) {
      held.set(graph.inputs[name]!, hold(tf, tensor, "plain"));
    }
    for (const [name, { current }] of Object.entries(graph.state)) {
      held.set(current, hold(tf, tf.clone(state.get(name)!), "plain"));
    }
    for (const step of steps) {
      onStep(step);
      // A layout that is made here is kept for later steps, hence no tidy.
      const operands = step.value.inputs.map((operand, i) =>
        held.get(operand)!.as(step.layouts.reads[i]!)
      );
      const result = tf.tidy(() => computed(engine, step, operands));
      held.set(step.value, hold(tf, result, step.layouts.writes));
      for (const value of step.done) held.get(value)!.dispose();
    }
    return results.map((value) => tf.clone(held.get(value)!.as("plain")));
  });
  return new Map(results.map((value, i) => [value, tensors[i]!]));
};

const computed = (
  engine: TfjsEngine,
  { value, kernel, layouts }: Step,
  operands: readonly TfTensor[],
): TfTensor => {
  const typed = value as Parameters<typeof kernel.compute>[1];
  const result = kernel.compute(operands, typed, engine, layouts);
  return operands.includes(result) ? engine.tf.clone(result) : result;
};
