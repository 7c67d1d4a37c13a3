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
import { Effect } from "effect";
import { Backend } from "../backend.ts";
import { layerReference } from "../reference.ts";
import { layerTested, normals } from "../testing.ts";
import { layerOnnx } from "./executor.ts";
import assert from "node:assert/strict";

const batch = 6;

/** Two convolutions with batch normalisation, dropout, a linear head. */
const network = Effect.gen(function* () {
  const images = yield* input("images", [batch, 2, 9, 8]);
  const labels = yield* input("labels", [batch], "int32");
  const mask = yield* input("mask", [batch, 5 * 2 * 2]);
  const learningRate = yield* input("learningRate", []);
  const parameters: Record<string, Value> = {};
  const updates: Record<string, { current: Value; next: Value }> = {};
  const parameter = (name: string, shape: readonly number[]) =>
    Effect.tap(input(name, shape), (value) =>
      Effect.sync(() => {
        parameters[name] = value;
      }));
  const layer = Effect.fnUntraced(
    function* (x: Value, name: string, filters: number, stride: number) {
      const c = x.shape[1]!;
      const filter = yield* parameter(`${name}.weight`, [filters, c, 3, 3]);
      const bias = yield* parameter(`${name}.bias`, [filters]);
      const convolved = yield* convolution(x, filter, { stride, padding: 1 });
      const normal = yield* batchNormTraining(
        yield* addBias(convolved, bias),
        yield* parameter(`${name}.scale`, [filters]),
        yield* parameter(`${name}.shift`, [filters]),
      );
      const mean = yield* input(`${name}.mean`, [filters]);
      const variance = yield* input(`${name}.variance`, [filters]);
      const moved = yield* runningStatistics(
        { mean, variance },
        normal.batch,
        normal.count,
      );
      updates[`${name}.mean`] = { current: mean, next: moved.mean };
      updates[`${name}.variance`] = { current: variance, next: moved.variance };
      return yield* relu(normal.output);
    },
  );
  const first = yield* layer(images, "first", 12, 1);
  const pooled = yield* maxPool(first, { kernel: 3, stride: 2 });
  const second = yield* layer(pooled, "second", 5, 2);
  const features = yield* dropout(yield* flatten(second), mask);
  const logits = yield* linear(
    features,
    yield* parameter("head.weight", [4, 20]),
    yield* parameter("head.bias", [4]),
  );
  const { "head.weight": weight, "head.bias": bias, ...body } = parameters;
  return yield* trainingStep({
    loss: yield* reduceMean(yield* softmaxCrossEntropy(logits, labels)),
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

/** Outputs of three steps and the state after each. */
const train = Effect.gen(function* () {
  const graph = yield* network;
  const backend = yield* Backend;
  const program = yield* backend.compile(graph, initialState(graph.state));
  const history: Tensors[] = [];
  for (let step = 0; step < 3; step++) {
    const outputs = yield* program.run(batchOf(draws(4, "batch", step)));
    history.push(structuredClone({ ...outputs, ...yield* program.read }));
  }
  return history;
}).pipe(Effect.scoped);

effectTest(
  "three steps of training equal the reference's: outputs, parameters, " +
    "momenta and running statistics",
  () =>
    Effect.gen(function* () {
      const expected = yield* Effect.provide(train, layerReference);
      const actual = yield* Effect.provide(train, layerTested);
      expected.forEach((step, i) => {
        assert.deepEqual(Object.keys(actual[i]!), Object.keys(step));
        for (const [name, { data }] of Object.entries(step)) {
          assertClose(actual[i]![name]!.data, data, 1e-5, `${i} ${name}`);
        }
      });
      assert.notEqual(
        expected[0]!["loss"]!.data[0],
        expected[2]!["loss"]!.data[0],
      );
    }),
);

effectTest(
  "training twice with the same threads gives equal bytes",
  () =>
    Effect.gen(function* () {
      for (const threads of [1, 2]) {
        const layer = layerOnnx({ provider: "cpu", threads });
        const first = yield* Effect.provide(train, layer);
        assert.deepEqual(yield* Effect.provide(train, layer), first);
      }
    }),
);
