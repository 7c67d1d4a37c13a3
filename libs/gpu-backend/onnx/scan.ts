/**
 * Several steps of a graph as one model: ONNX's `Scan`, which is JAX's
 * `lax.scan`. Changing state is carried from step to step where the model is
 * computed; inputs are stacked along a first axis, and so are outputs.
 *
 * Reference: https://onnx.ai/onnx/operators/onnx__Scan.html.
 *
 * @module
 */
import type { Port } from "@deepcluster/onnx-format";
import type { LoweredGraph } from "@deepcluster/onnx-lowering";

/**
 * Wraps a model of one step. The step itself stays as it is, so that several
 * at once compute what one after the other would.
 *
 * @param step A graph as a model.
 * @returns The model of any number of steps. Its inputs and outputs have the
 * names of the step after `scan `, and those that are no state a first axis of
 * one element a step.
 */
export const scanOf = (step: LoweredGraph): LoweredGraph => {
  const { model, next } = step;
  const carried = new Set([
    ...[...next.keys()].map((name) => step.inputs.get(name)!),
    ...next.values(),
  ]);
  const isState = ({ name }: Port) => carried.has(name);
  /** As `Scan` wants them: the state, then all else. */
  const arranged = (ports: readonly Port[]) => [
    ...ports.filter(isState),
    ...ports.filter((port) => !isState(port)),
  ];
  const [inputs, outputs] = [arranged(model.inputs), arranged(model.outputs)];
  const outer = (port: Port): Port => ({
    ...port,
    name: outerName(port.name),
    shape: isState(port) ? port.shape : ["steps", ...port.shape],
  });
  const [outerInputs, outerOutputs] = [inputs.map(outer), outputs.map(outer)];
  return {
    model: {
      inputs: outerInputs,
      outputs: outerOutputs,
      nodes: [{
        name: "scan",
        operator: "Scan",
        inputs: outerInputs.map(({ name }) => name),
        outputs: outerOutputs.map(({ name }) => name),
        attributes: {
          body: { graph: { ...model, inputs, outputs, constants: [] } },
          num_scan_inputs: { i: inputs.length - next.size },
        },
      }],
      constants: model.constants,
    },
    inputs: renamed(step.inputs),
    outputs: renamed(step.outputs),
    next: renamed(next),
  };
};

/** A name inside of the step must not be one outside of it. */
const outerName = (name: string): string => `scan ${name}`;

const renamed = (
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> =>
  new Map([...names].map(([key, name]) => [key, outerName(name)]));
