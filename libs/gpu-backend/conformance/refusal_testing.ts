/**
 * What every executor promises when it is given what it cannot run: tests that
 * are run on each.
 *
 * @module
 */
import { floatTensor, intTensor, type Tensors } from "@deepcluster/core";
import {
  add,
  buildGraph,
  input,
  reduceMean,
  softmaxCrossEntropy,
  subtract,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect, type Layer, type Scope } from "effect";
import { Backend } from "../backend.ts";
import { alternating, compiled, state, vector } from "./program_testing.ts";
import assert from "node:assert/strict";

type Failing = Effect.Effect<unknown, unknown, Backend | Scope.Scope>;

/** Tests of one executor's refusals; `engine` begins their names. */
export const refusalTests = (
  engine: string,
  layer: Layer.Layer<Backend, unknown>,
): void => {
  const failure = (name: string, message: string, run: Failing) =>
    effectTest(
      `${engine}: ${name}`,
      () =>
        Effect.scoped(Effect.gen(function* () {
          const error = yield* Effect.flip(run);
          assert.equal((error as Error).message, message);
        })).pipe(Effect.provide(layer)),
    );
  const running = (inputs: Tensors): Failing =>
    Effect.flatMap(compiled, ({ run }) => run(inputs));
  const writing = (state: Tensors): Failing =>
    Effect.flatMap(compiled, ({ write }) => write(state));
  failure(
    "an input that is missing is named",
    "Cannot run the graph as x must be [2]: current value is absent",
    running({}),
  );
  failure(
    "an input that the graph has not is named",
    "Cannot run the graph as y must be absent: current value is [2]",
    running({ x: vector(1, 2), y: vector(1, 2) }),
  );
  failure(
    "an input of another shape is named",
    "Cannot run the graph as x must be [2]: current value is [3]",
    running({ x: vector(1, 2, 3) }),
  );
  failure(
    "an input of another type is named",
    "Cannot run the graph as x must be [2]: current value is int32[2]",
    running({ x: intTensor([2]) }),
  );
  failure(
    "an input whose data are too short is named",
    "Cannot run the graph as x must be [2]: current value is [2] with " +
      "1 values in Float32Array",
    running({ x: floatTensor([2], new Float32Array(1)) }),
  );
  failure(
    "inputs of several steps that are not stacked are named",
    "Cannot run the graph as x must be [3, 2]: current value is [2]",
    Effect.flatMap(compiled, ({ scan }) => scan(3, { x: vector(1, 2) })),
  );
  failure(
    "state that is missing is named",
    "Cannot run the graph as b must be [2]: current value is absent",
    Effect.gen(function* () {
      const backend = yield* Backend;
      const { b: _, ...rest } = state;
      return yield* backend.compile(yield* alternating, rest);
    }),
  );
  failure(
    "constant state cannot be written",
    "Cannot run the graph as scale must be absent: current value is []",
    writing({ scale: floatTensor([]) }),
  );
  failure(
    "written state of another shape is named",
    "Cannot run the graph as b must be [2]: current value is [1]",
    writing({ a: vector(1, 2), b: vector(1) }),
  );
  failure(
    "a graph with an input that is not fed is refused",
    "Cannot use x in a graph as every input must be fed or kept as state: " +
      "current values are input x=[2]",
    Effect.gen(function* () {
      const backend = yield* Backend;
      const x = input("x", [2]);
      return yield* backend.compile(
        { inputs: {}, state: {}, outputs: { y: add(x, x) } },
        {},
      );
    }),
  );
  failure(
    "a label that is none of the classes is named",
    "Cannot compute a cross-entropy as labels must be < classes: " +
      "current values are label=3, index=1, classes=3",
    Effect.flatMap(
      labelled,
      ({ run }) => run({ labels: intTensor([2], Int32Array.of(0, 3)) }),
    ),
  );
  effectTest(
    `${engine}: a failed run leaves the state as it was`,
    () => failedRun.pipe(Effect.provide(layer)),
  );
};

/** Loss of state `logits [2, 3]`, which every run lowers by 1. */
const labelled = Effect.gen(function* () {
  const logits = input("logits", [2, 3]);
  const labels = input("labels", [2], "int32");
  const loss = reduceMean(softmaxCrossEntropy(logits, labels));
  const backend = yield* Backend;
  return yield* backend.compile(
    yield* buildGraph(() => ({
      outputs: { loss },
      state: {
        logits: { current: logits, next: subtract(logits, 1) },
      },
    })),
    { logits: floatTensor([2, 3]) },
  );
});

const failedRun = Effect.scoped(Effect.gen(function* () {
  const { run, read } = yield* labelled;
  const right = intTensor([2], Int32Array.of(0, 2));
  yield* run({ labels: right });
  yield* Effect.flip(run({ labels: intTensor([2], Int32Array.of(0, 3)) }));
  const { logits } = yield* read;
  assert.deepEqual(logits!.data, new Float32Array(6).fill(-1));
  yield* run({ labels: right });
  assert.equal((yield* read)["logits"]!.data[0], -2);
}));
