/**
 * What a program of TensorFlow.js does: its state, and runs on it.
 *
 * @module
 */
import { type Graph, topologicalOrder, type Value } from "@deepcluster/graph";
import { Effect } from "effect";
import { ExecutionError } from "../errors.ts";
import { failureOf, messageOf } from "../failures.ts";
import {
  changingStateOf,
  checkLabels,
  labelLeavesOf,
  stateOf,
} from "../feeds.ts";
import type { Execution } from "../program.ts";
import type { TfjsEngine } from "./kernel.ts";
import { planOf } from "./plan.ts";
import { disposeAll, download, upload } from "./tensors.ts";
import type { TfTensor } from "./tfjs_types.ts";
import { walk } from "./walk.ts";

/** What a program keeps where the backend computes. */
export interface Resident {
  /** A plain tensor for every entry of the graph's state, until its release. */
  state: Map<string, TfTensor> | undefined;
}

/**
 * Makes what a program does with checked tensors.
 *
 * @param engine The library.
 * @param graph A valid graph.
 * @param resident Its state, which runs replace.
 * @returns The execution.
 */
export const executionOf = (
  engine: TfjsEngine,
  graph: Graph,
  resident: Resident,
): Execution => {
  const next = Object.entries(graph.state).flatMap(([name, { next }]) =>
    next === undefined ? [] : [[name, next] as const]
  );
  const computed = computedLabelsOf(graph);
  const plan = planOf(graph, [
    ...Object.values(graph.outputs),
    ...next.map(([, value]) => value),
    ...Object.values(computed.labels),
  ]);
  const failed = (cause: unknown, doing = "") =>
    failureOf("run", graph, doing + messageOf(cause));
  const current = Effect.suspend(() =>
    resident.state === undefined
      ? new ExecutionError({ reason: "the program is gone with its scope" })
      : Effect.succeed(resident.state)
  );
  const copied = (
    values: Readonly<Record<string, Value>>,
    tensorOf: (name: string, value: Value) => TfTensor,
  ) => Effect.mapError(download(values, tensorOf), (reason) => failed(reason));
  const copiedState = (values: Readonly<Record<string, Value>>) =>
    Effect.flatMap(
      current,
      (state) => copied(values, (name) => state.get(name)!),
    );
  return {
    run: Effect.fnUntraced(function* (inputs) {
      const state = yield* current;
      let doing = "";
      const walked = Effect.try({
        try: () => {
          engine.activate();
          return walk(engine, graph, plan, { state, inputs }, ({ name }) => {
            doing = `${name}: `;
          });
        },
        catch: (cause) => failed(cause, doing),
      });
      const finish = Effect.fnUntraced(function* (
        results: ReadonlyMap<Value, TfTensor>,
      ) {
        const resultOf = (_: string, value: Value) => results.get(value)!;
        const labels = yield* copied(computed.labels, resultOf);
        yield* checkLabels(computed.leaves, labels);
        const outputs = yield* copied(graph.outputs, resultOf);
        replace(
          state,
          next.map(([name, value]) =>
            [name, engine.tf.clone(results.get(value)!)] as const
          ),
        );
        return outputs;
      });
      return yield* Effect.acquireUseRelease(
        walked,
        finish,
        (results) => Effect.sync(() => disposeAll(results.values())),
      );
    }),
    read: copiedState(changingStateOf(graph)),
    write: Effect.fnUntraced(function* (tensors) {
      const state = yield* current;
      yield* Effect.try({
        try: () => {
          engine.activate();
          replace(state, upload(engine.tf, tensors));
        },
        catch: (cause) => failed(cause),
      });
    }),
    labels: copiedState(labelStateOf(graph)),
  };
};

const replace = (
  state: Map<string, TfTensor>,
  tensors: Iterable<readonly [string, TfTensor]>,
): void => {
  for (const [name, tensor] of tensors) {
    state.get(name)!.dispose();
    state.set(name, tensor);
  }
};

/** State that is labels. */
const labelStateOf = (graph: Graph): Readonly<Record<string, Value>> => {
  const state = stateOf(graph);
  return Object.fromEntries(
    labelLeavesOf(graph).flatMap(({ name }) =>
      state[name] === undefined ? [] : [[name, state[name]]]
    ),
  );
};

/**
 * Labels that the graph computes: those can be checked only after the run, and
 * the library would take one that is none of the classes for an ignored one.
 */
const computedLabelsOf = (graph: Graph) => {
  const losses = topologicalOrder(graph).filter(({ operator, inputs }) =>
    operator.type === "softmaxCrossEntropy" &&
    inputs[1]!.operator.type !== "input"
  );
  return {
    labels: Object.fromEntries(
      losses.map(({ inputs: [, labels] }, i) => [`${i}`, labels!]),
    ),
    leaves: losses.map(({ inputs: [logits] }, i) => ({
      name: `${i}`,
      classes: logits!.shape[1]!,
    })),
  };
};
