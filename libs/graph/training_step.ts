/**
 * One step of training: loss, gradients, and what replaces parameters, momenta
 * and running statistics.
 *
 * @module
 */
import { raise } from "./build_error.ts";
import { clipByNorm } from "./clipping.ts";
import { GraphError, showType } from "./errors.ts";
import { gradients } from "./gradients.ts";
import type { GraphDefinition } from "./graph.ts";
import { input } from "./leaves.ts";
import { momentumName } from "./momentum_name.ts";
import { sgd } from "./sgd.ts";
import type { State, Value } from "./value.ts";

/** Parameters that are trained alike. */
export interface ParameterGroup {
  /** Inputs by their own names, such as `features.0.weight`. */
  readonly parameters: Readonly<Record<string, Value>>;
  /** float32 scalar, an input; groups may share it. */
  readonly learningRate: Value;
  /** Factor of the velocity at each step. Default: 0, without a buffer. */
  readonly momentum?: number;
  /** Fraction of a parameter that is added to its gradient. Default: 0. */
  readonly weightDecay?: number;
}

/** What {@link trainingStep} is made of. */
export interface TrainingStepOptions {
  /** float32 scalar to be minimised; output `loss`. */
  readonly loss: Value;
  /** What is trained, and how. */
  readonly groups: readonly ParameterGroup[];
  /**
   * Maximum norm of all gradients together, before weight decay, to which
   * `clipByNorm` clips them. Default: not clipped.
   */
  readonly clipNorm?: number;
  /** State that never changes: frozen parameters, fixed filters. */
  readonly constants?: Readonly<Record<string, Value>>;
  /** State that is replaced at each step: running statistics. */
  readonly updates?: Readonly<Record<string, Required<State>>>;
  /** Further outputs of each step. */
  readonly outputs?: Readonly<Record<string, Value>>;
}

/**
 * Writes one step of training: the loss, and what replaces all state.
 *
 * State: every parameter; its momentum as `<parameter>.momentum_buffer`, which
 * must begin at zeros, in groups with momentum; `updates`; `constants`. All
 * other inputs are fed at every run, learning rates included. The loss is that
 * of the parameters before the step. With `clipNorm`, output `gradientNorm` is
 * the norm of the gradients before they were clipped.
 *
 * A parameter that the loss does not depend on still decays; PyTorch leaves it
 * alone.
 *
 * @param options See {@link TrainingStepOptions}.
 * @returns The outputs and the state, for `buildGraph`.
 * @throws {GraphError} When a name stands twice, a learning rate is no scalar,
 * or `clipNorm` is not above 0.
 * @throws {ShapeError} When the loss is no scalar.
 * @throws {GradientError} When the loss has no derivative.
 *
 * @example Fitting a number
 * ```ts
 * import { floatTensor } from "@deepcluster/core";
 * import {
 *   buildGraph,
 *   input,
 *   interpret,
 *   multiply,
 *   trainingStep,
 * } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const graph = Effect.runSync(buildGraph(() => {
 *   const x = input("x", []);
 *   return trainingStep({
 *     loss: multiply(x, x),
 *     groups: [{
 *       parameters: { x },
 *       learningRate: input("learningRate", []),
 *     }],
 *   });
 * }));
 * const { state } = Effect.runSync(interpret(
 *   graph,
 *   { learningRate: floatTensor([], Float32Array.of(0.25)) },
 *   { x: floatTensor([], Float32Array.of(8)) },
 * ));
 * assert.equal(state["x"]?.data[0], 4);
 * ```
 */
export const trainingStep = (options: TrainingStepOptions): GraphDefinition => {
  const { loss, constants = {}, updates = {}, outputs = {} } = options;
  const { parameters, momenta, norm } = train(options);
  return {
    outputs: unique([
      ["loss", loss],
      ...(norm ? [["gradientNorm", norm] as const] : []),
      ...Object.entries(outputs),
    ]),
    state: unique<Value | State>([
      ...parameters,
      ...momenta,
      ...Object.entries(updates),
      ...Object.entries(constants),
    ]),
  };
};

type StateEntry = readonly [name: string, state: State];

/** What replaces every parameter and its momentum. */
const train = ({ loss, groups, clipNorm }: TrainingStepOptions) => {
  const trained = groups.flatMap((group) =>
    Object.entries(group.parameters).map(([name, parameter]) => ({
      ...group,
      name,
      parameter,
    }))
  );
  const { slopes, norm } = clipped(
    gradients(loss, trained.map(({ parameter }) => parameter)),
    clipNorm,
  );
  const parameters: StateEntry[] = [];
  const momenta: StateEntry[] = [];
  for (const [index, member] of trained.entries()) {
    const { name, parameter, momentum = 0, weightDecay = 0 } = member;
    const learningRate = scalar(member.learningRate);
    const buffer = momentumName(name);
    const current = momentum === 0 ? undefined : input(buffer, parameter.shape);
    const next = sgd(parameter, slopes[index]!, current, {
      learningRate,
      momentum,
      weightDecay,
    });
    parameters.push([name, { current: parameter, next: next.parameter }]);
    if (current === undefined || next.velocity === undefined) continue;
    momenta.push([buffer, { current, next: next.velocity }]);
  }
  return { parameters, momenta, norm };
};

/** Gradients clipped to `clipNorm`, and their norm before. */
const clipped = (slopes: readonly Value[], clipNorm: number | undefined) => {
  if (clipNorm === undefined || slopes.length === 0) return { slopes };
  if (!(clipNorm > 0)) {
    return raise(
      new GraphError({
        name: "clipNorm",
        reason: "notAboveZero",
        present: String(clipNorm),
      }),
    );
  }
  const { gradients, norm } = clipByNorm(slopes, clipNorm);
  return { slopes: gradients, norm };
};

const scalar = (value: Value): Value =>
  value.shape.length === 0 && value.dtype === "float32" ? value : raise(
    new GraphError({
      name: "learningRate",
      reason: "notAScalar",
      present: showType(value.shape, value.dtype),
    }),
  );

/** Entries as a record, in which no name may stand twice. */
const unique = <A>(
  entries: readonly (readonly [string, A])[],
): Readonly<Record<string, A>> => {
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  return twice === undefined ? Object.fromEntries(entries) : raise(
    new GraphError({ name: twice, reason: "twice", present: names.join(", ") }),
  );
};
