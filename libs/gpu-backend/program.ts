/**
 * What the programs of all executors do alike: check what they are fed, run one
 * at a time, and let the event loop turn between runs.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import type { Graph, Value } from "@deepcluster/graph";
import { Clock, Effect, Semaphore } from "effect";
import type { Program } from "./backend.ts";
import type { BackendError } from "./errors.ts";
import {
  changingStateOf,
  checkFeeds,
  checkLabels,
  checkSomeFeeds,
  labelLeavesOf,
} from "./feeds.ts";
import { stacked, stepByStep } from "./steps.ts";

/** A compiled graph as an executor makes it: its tensors are checked. */
export interface Execution {
  /**
   * Runs the graph once and replaces all changing state; or fails, and
   * replaces none of it. Its caller does not interrupt it.
   */
  readonly run: (inputs: Tensors) => Effect.Effect<Tensors, BackendError>;
  /**
   * Runs the graph `steps` times on stacked inputs, and stacks the outputs.
   * Default: `run` for each step.
   */
  readonly scan?: (
    steps: number,
    inputs: Tensors,
  ) => Effect.Effect<Tensors, BackendError>;
  /** Copies the changing state. */
  readonly read: Effect.Effect<Tensors, BackendError>;
  /** Replaces some of the changing state, by copies. */
  readonly write: (state: Tensors) => Effect.Effect<void, BackendError>;
  /** Those of the graph's labels that are state, without a copy if possible. */
  readonly labels: Effect.Effect<Tensors, BackendError>;
}

/**
 * Makes a program of what an executor made of a graph.
 *
 * @param graph The graph.
 * @param execution What is done with checked tensors.
 * @returns The program: it checks feeds and labels, and its calls take turns.
 */
export const programOf: (
  graph: Graph,
  execution: Execution,
) => Effect.Effect<Program> = Effect.fnUntraced(function* (graph, execution) {
  const changing = changingStateOf(graph);
  const leaves = labelLeavesOf(graph);
  const turn = yield* Semaphore.make(1);
  const rest = giveWay();
  const checked = Effect.fnUntraced(function* (
    values: Readonly<Record<string, Value>>,
    inputs: Tensors,
  ) {
    yield* checkFeeds(values, inputs);
    const stateLabels = leaves.some(({ name }) => !(name in inputs))
      ? yield* execution.labels
      : {};
    yield* checkLabels(leaves, { ...stateLabels, ...inputs });
    yield* rest;
  });
  const scan = execution.scan ?? stepByStep(graph, execution.run);
  return {
    run: Effect.fnUntraced(function* (inputs: Tensors) {
      yield* checked(graph.inputs, inputs);
      return yield* Effect.uninterruptible(execution.run(inputs));
    }, turn.withPermit),
    scan: Effect.fnUntraced(function* (steps: number, inputs: Tensors) {
      yield* checked(stacked(graph.inputs, steps), inputs);
      return yield* Effect.uninterruptible(scan(steps, inputs));
    }, turn.withPermit),
    read: execution.read.pipe(turn.withPermit),
    write: Effect.fnUntraced(function* (state: Tensors) {
      yield* checkSomeFeeds(changing, state);
      yield* execution.write(state);
    }, turn.withPermit),
  };
});

/**
 * Makes a rest that lets signals through: the event loop turns {@link turns}
 * times, unless it did so within the last tenth of a second.
 *
 * @returns What to do before each run.
 */
export const giveWay = (): Effect.Effect<void> => {
  let restedMs = 0;
  return Effect.gen(function* () {
    if ((yield* Clock.currentTimeMillis) - restedMs < 100) return;
    for (let turn = 0; turn < turns; turn++) yield* Effect.yieldNow;
    restedMs = yield* Clock.currentTimeMillis;
  });
};

/**
 * While its event loop has something to do, Deno looks for signals at every
 * 61st turn only (Tokio's `event_interval`). These take half a millisecond; a
 * loop that sleeps hears them too, but loses five.
 */
const turns = 64;
