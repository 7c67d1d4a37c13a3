/**
 * One step of training as one graph: loss, gradients, and what replaces
 * parameters, momenta and running statistics.
 *
 * @module
 */
import { Effect } from "effect";
import { clipByNorm } from "./clipping.ts";
import {
  type GradientError,
  GraphError,
  type ShapeError,
  showType,
} from "./errors.ts";
import { gradients } from "./gradients.ts";
import { graphOf } from "./graph.ts";
import { input } from "./leaves.ts";
import { sgd } from "./sgd.ts";
import type { Graph, State, Value } from "./value.ts";

/** Parameters that are trained alike. */
export interface ParameterGroup {
  /** Inputs by their own names, such as `features.0.weight`. */
  readonly parameters: Readonly<Record<string, Value>>;
  /** float32 scalar, an input; groups may share it. */
  readonly learningRate: Value;
  /** Share of the velocity kept at each step; 0, and no buffer, when absent. */
  readonly momentum?: number;
  /** Share of a parameter added to its gradient; 0 when absent. */
  readonly weightDecay?: number;
}

/** What {@link trainingStep} is made of. */
export interface TrainingStepOptions {
  /** float32 scalar to be lowered; handed back as output `loss`. */
  readonly loss: Value;
  /** What is trained, and how. */
  readonly groups: readonly ParameterGroup[];
  /**
   * Largest length of all gradients together, before weight decay; longer ones
   * are shortened to it by `clipByNorm`. As they are when absent.
   */
  readonly clipNorm?: number;
  /** Inputs kept as they are: frozen parameters, fixed filters. */
  readonly constants?: Readonly<Record<string, Value>>;
  /** State that is replaced at each step: running statistics. */
  readonly updates?: Readonly<Record<string, Required<State>>>;
  /** Further values to hand back at each step. */
  readonly outputs?: Readonly<Record<string, Value>>;
}

/**
 * Makes the graph of one step of training.
 *
 * State: every parameter; its momentum as `<parameter>.momentum_buffer`, which
 * is to begin at zeros, in groups with momentum; `updates`; `constants`. The
 * rest of the inputs is fed at every run, learning rates included. The loss is
 * that of the parameters before the step. With `clipNorm`, output
 * `gradientNorm` is the length of the gradients before they were clipped.
 *
 * A parameter that the loss does not depend on still decays; PyTorch leaves it
 * alone.
 *
 * @param options See {@link TrainingStepOptions}.
 * @returns The graph, or `GraphError` when a name is given twice, a learning rate
 * is no scalar, or `clipNorm` is not above 0, or `ShapeError` when the loss is no scalar, or
 * `GradientError` when the loss has no derivative.
 *
 * @example Fitting a number
 * ```ts
 * import { floatTensor } from "@deepcluster/core";
 * import { input, interpret, multiply, trainingStep } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const { state } = Effect.runSync(Effect.gen(function* () {
 *   const x = yield* input("x", []);
 *   const learningRate = yield* input("learningRate", []);
 *   const graph = yield* trainingStep({
 *     loss: yield* multiply(x, x),
 *     groups: [{ parameters: { x }, learningRate }],
 *   });
 *   return yield* interpret(
 *     graph,
 *     { learningRate: floatTensor([], Float32Array.of(0.25)) },
 *     { x: floatTensor([], Float32Array.of(8)) },
 *   );
 * }));
 * assert.equal(state["x"]?.data[0], 4);
 * ```
 */
export const trainingStep = Effect.fn("trainingStep")(function* (
  options: TrainingStepOptions,
): Effect.fn.Return<Graph, GraphError | ShapeError | GradientError> {
  const { loss, constants = {}, updates = {}, outputs = {} } = options;
  const trained = yield* train(options);
  const state = yield* unique([
    ...trained.parameters,
    ...trained.momenta,
    ...Object.entries(updates),
    ...Object.entries(constants).map(named),
  ]);
  const all = yield* unique([
    ["loss", loss],
    ...(trained.norm ? [["gradientNorm", trained.norm] as const] : []),
    ...Object.entries(outputs),
  ]);
  return yield* graphOf(all, state);
});

/**
 * The name under which the momentum of a parameter is kept, as PyTorch's.
 *
 * @param parameter Name of the parameter.
 * @returns Name of its momentum.
 */
export const momentumName = (parameter: string): string =>
  `${parameter}.momentum_buffer`;

type Entry = readonly [name: string, state: State];

const train = Effect.fnUntraced(function* (
  { loss, groups, clipNorm }: TrainingStepOptions,
) {
  const members = groups.flatMap((group) =>
    Object.entries(group.parameters).map(([name, parameter]) => ({
      ...group,
      name,
      parameter,
    }))
  );
  const { slopes, norm } = yield* clipped(
    yield* gradients(loss, members.map((m) => m.parameter)),
    clipNorm,
  );
  const parameters: Entry[] = [];
  const momenta: Entry[] = [];
  for (const [index, member] of members.entries()) {
    const { name, parameter, momentum = 0, weightDecay = 0 } = member;
    const learningRate = yield* scalar(member.learningRate);
    const buffer = momentumName(name);
    const current = momentum === 0
      ? undefined
      : yield* input(buffer, parameter.shape);
    const next = yield* sgd(parameter, slopes[index]!, current, {
      learningRate,
      momentum,
      weightDecay,
    });
    parameters.push([name, { current: parameter, next: next.parameter }]);
    if (current === undefined || next.velocity === undefined) continue;
    momenta.push([buffer, { current, next: next.velocity }]);
  }
  return { parameters, momenta, norm };
});

/** Gradients no longer than `clipNorm`, and how long they were. */
const clipped = Effect.fnUntraced(function* (
  slopes: readonly Value[],
  clipNorm: number | undefined,
) {
  if (clipNorm === undefined || slopes.length === 0) {
    return { slopes, norm: undefined };
  }
  if (!(clipNorm > 0)) {
    return yield* new GraphError({
      name: "clipNorm",
      reason: "notAboveZero",
      present: String(clipNorm),
    });
  }
  const { gradients, norm } = yield* clipByNorm(slopes, clipNorm);
  return { slopes: gradients, norm };
});

const scalar = (value: Value): Effect.Effect<Value, GraphError> =>
  value.shape.length === 0 && value.dtype === "float32"
    ? Effect.succeed(value)
    : Effect.fail(
      new GraphError({
        name: "learningRate",
        reason: "notAScalar",
        present: showType(value.shape, value.dtype),
      }),
    );

const named = ([name, current]: readonly [string, Value]): Entry => [
  name,
  { current },
];

/** Entries as a record, or the first name that stands twice. */
const unique = Effect.fnUntraced(function* <A>(
  entries: readonly (readonly [string, A])[],
): Effect.fn.Return<Readonly<Record<string, A>>, GraphError> {
  const seen = new Set<string>();
  for (const [name] of entries) {
    if (seen.has(name)) {
      return yield* new GraphError({
        name,
        reason: "twice",
        present: entries.map(([other]) => other).join(", "),
      });
    }
    seen.add(name);
  }
  return Object.fromEntries(entries);
});
