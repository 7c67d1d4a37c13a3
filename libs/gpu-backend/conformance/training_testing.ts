/**
 * Conformance of every executor: training a small network.
 *
 * @module
 */
import {
  type Draws,
  draws,
  floatTensor,
  intTensor,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import {
  addBias,
  batchNormTraining,
  buildGraph,
  convolution,
  dropout,
  flatten,
  input,
  linear,
  maxPool,
  reduceMean,
  relu,
  runningStatistics,
  softmaxCrossEntropy,
  trainingStep,
  type Value,
} from "@deepcluster/graph";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect, type Layer } from "effect";
import { Backend, type CompileOptions } from "../backend.ts";
import { layerReference } from "../reference.ts";
import { normals } from "../testing.ts";
import assert from "node:assert/strict";

const batch = 6;

/** Two convolutions with batch normalisation, dropout, a linear head. */
export const network = buildGraph(() => {
  const images = input("images", [batch, 2, 9, 8]);
  const labels = input("labels", [batch], "int32");
  const mask = input("mask", [batch, 5 * 2 * 2]);
  const learningRate = input("learningRate", []);
  const parameters: Record<string, Value> = {};
  const updates: Record<string, { current: Value; next: Value }> = {};
  const parameter = (name: string, shape: readonly number[]) =>
    parameters[name] = input(name, shape);
  const layer = (x: Value, name: string, filters: number, stride: number) => {
    const c = x.shape[1]!;
    const filter = parameter(`${name}.weight`, [filters, c, 3, 3]);
    const bias = parameter(`${name}.bias`, [filters]);
    const convolved = convolution(x, filter, { stride, padding: 1 });
    const normal = batchNormTraining(
      addBias(convolved, bias),
      parameter(`${name}.scale`, [filters]),
      parameter(`${name}.shift`, [filters]),
    );
    const mean = input(`${name}.mean`, [filters]);
    const variance = input(`${name}.variance`, [filters]);
    const moved = runningStatistics(
      { mean, variance },
      normal.batch,
      normal.count,
    );
    updates[`${name}.mean`] = { current: mean, next: moved.mean };
    updates[`${name}.variance`] = { current: variance, next: moved.variance };
    return relu(normal.output);
  };
  const first = layer(images, "first", 12, 1);
  const pooled = maxPool(first, { kernel: 3, stride: 2 });
  const second = layer(pooled, "second", 5, 2);
  const features = dropout(flatten(second), mask);
  const logits = linear(
    features,
    parameter("head.weight", [4, 20]),
    parameter("head.bias", [4]),
  );
  const { "head.weight": weight, "head.bias": bias, ...body } = parameters;
  return trainingStep({
    loss: reduceMean(softmaxCrossEntropy(logits, labels)),
    groups: [
      { parameters: body, learningRate, momentum: 0.9, weightDecay: 1e-2 },
      {
        parameters: { "head.weight": weight!, "head.bias": bias! },
        learningRate,
      },
    ],
    updates,
    outputs: { logits },
  });
});

const initialState = (
  state: Readonly<Record<string, { readonly current: Value }>>,
): Tensors => {
  const random = draws(3, "state");
  return Object.fromEntries(
    Object.entries(state).map(([name, { current }]): [string, Tensor] => [
      name,
      name.endsWith("momentum_buffer")
        ? floatTensor(current.shape)
        : normals(random, current.shape),
    ]),
  );
};

const batchOf = (random: Draws): Tensors => ({
  images: normals(random, [batch, 2, 9, 8]),
  labels: intTensor([batch], Int32Array.of(0, 3, -1, 2, 1, 3)),
  mask: floatTensor(
    [batch, 20],
    Float32Array.from({ length: batch * 20 }, () => 2 * random.integer(2)),
  ),
  learningRate: floatTensor([], Float32Array.of(0.05)),
});

/** Outputs of some steps and the state after each, in one record a step. */
const train = Effect.fnUntraced(function* (
  steps: readonly number[],
  from?: Tensors,
) {
  const graph = yield* network;
  const backend = yield* Backend;
  const state = Object.keys(graph.state).map((name) => [name, from?.[name]]);
  const program = yield* backend.compile(
    graph,
    from ? Object.fromEntries(state) : initialState(graph.state),
  );
  const history: Tensors[] = [];
  for (const step of steps) {
    const outputs = yield* program.run(batchOf(draws(4, "batch", step)));
    history.push(structuredClone({ ...outputs, ...yield* program.read }));
  }
  return history;
}, Effect.scoped);

/**
 * Trains by scans of some numbers of steps; gives the outputs of all steps and
 * the state after the last.
 */
export const trainByScans = Effect.fnUntraced(function* (
  scans: readonly number[],
  options: CompileOptions = {},
) {
  const graph = yield* network;
  const backend = yield* Backend;
  const program = yield* backend.compile(
    graph,
    initialState(graph.state),
    options,
  );
  const outputs: Record<string, number[]> = {};
  let first = 0;
  for (const steps of scans) {
    const inputs = stack(
      Array.from(
        { length: steps },
        (_, i) => batchOf(draws(4, "batch", first + i)),
      ),
    );
    const stacked = yield* program.scan(steps, inputs);
    for (const [name, { data, shape }] of Object.entries(stacked)) {
      assert.deepEqual(shape, [steps, ...graph.outputs[name]!.shape], name);
      (outputs[name] ??= []).push(...data);
    }
    first += steps;
  }
  return { outputs, state: yield* program.read };
}, Effect.scoped);

const stack = (steps: readonly Tensors[]): Tensors =>
  Object.fromEntries(
    Object.entries(steps[0]!).map(([name, { dtype, shape }]) => {
      const values = steps.flatMap((step) => [...step[name]!.data]);
      const stacked = [steps.length, ...shape];
      return [
        name,
        dtype === "int32"
          ? intTensor(stacked, Int32Array.from(values))
          : floatTensor(stacked, Float32Array.from(values)),
      ];
    }),
  );

/** Tests that an executor trains as the reference does, and repeatably. */
export const trainingTests = (
  engine: string,
  layer: Layer.Layer<Backend, unknown>,
  tolerance: number,
): void => {
  effectTest(
    `${engine}: three steps of training equal the reference's: outputs, ` +
      "parameters, momenta and running statistics",
    () =>
      Effect.gen(function* () {
        const expected = yield* Effect.provide(
          train([0, 1, 2]),
          layerReference,
        );
        const actual = yield* Effect.provide(train([0, 1, 2]), layer);
        expected.forEach((step, i) => {
          assert.deepEqual(Object.keys(actual[i]!), Object.keys(step));
          for (const [name, { data }] of Object.entries(step)) {
            const title = `${i} ${name}`;
            assertClose(actual[i]![name]!.data, data, tolerance, title);
          }
        });
        assert.notEqual(
          expected[0]!["loss"]!.data[0],
          expected[2]!["loss"]!.data[0],
        );
      }),
  );
  effectTest(
    `${engine}: training again, stopped after a step and continued from what ` +
      "read gave, gives equal bytes",
    () =>
      Effect.gen(function* () {
        const [first, ...rest] = yield* train([0, 1, 2]);
        assert.deepEqual(yield* train([0]), [first]);
        assert.deepEqual(yield* train([1, 2], first), rest);
      }).pipe(Effect.provide(layer)),
  );
  effectTest(
    `${engine}: several steps at once give the bytes of single steps`,
    () =>
      Effect.gen(function* () {
        const single = yield* Effect.provide(trainByScans([1, 1, 1]), layer);
        assert.deepEqual(
          yield* Effect.provide(trainByScans([1, 2]), layer),
          single,
        );
        const history = yield* Effect.provide(train([0, 1, 2]), layer);
        assert.deepEqual(
          single.outputs["loss"],
          history.map((step) => step["loss"]!.data[0]),
        );
        const state = Object.keys(single.state).map((name) => [
          name,
          history[2]![name],
        ]);
        assert.deepEqual(single.state, Object.fromEntries(state));
      }),
  );
};
