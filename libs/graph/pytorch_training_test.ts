import { floatTensor, type Tensors } from "@deepcluster/core";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { convolution } from "./convolution.ts";
import { dropout, relu } from "./elementwise.ts";
import { buildGraph } from "./graph.ts";
import { linear } from "./linear_algebra.ts";
import { softmaxCrossEntropy } from "./losses.ts";
import {
  batchNormalization,
  batchNormTraining,
  runningStatistics,
} from "./normalization.ts";
import { averagePool, maxPool } from "./pooling.ts";
import { fixture, tensorsOf, valuesOf } from "./pytorch_testing.ts";
import { reduceMean } from "./reduction.ts";
import { interpret } from "./reference.ts";
import { addBias, flatten } from "./shape_operators.ts";
import { trainingStep } from "./training_step.ts";
import type { State, Value } from "./value.ts";
import assert from "node:assert/strict";

/** The network of the fixture: logits, and how running statistics move. */
const network = (
  inputs: Readonly<Record<string, Value>>,
  training: boolean,
) => {
  const updates: Record<string, Required<State>> = {};
  const at = (name: string) => inputs[name]!;
  const normalize = (x: Value, name: string) => {
    const [scale, bias] = [at(`${name}.weight`), at(`${name}.bias`)];
    const running = {
      mean: at(`${name}.running_mean`),
      variance: at(`${name}.running_var`),
    };
    if (!training) return batchNormalization(x, running, scale, bias);
    const { output, batch, count } = batchNormTraining(x, scale, bias);
    const next = runningStatistics(running, batch, count);
    updates[`${name}.running_mean`] = {
      current: running.mean,
      next: next.mean,
    };
    updates[`${name}.running_var`] = {
      current: running.variance,
      next: next.variance,
    };
    return output;
  };
  let x = convolution(at("x"), at("features.0.weight"), {
    stride: 2,
    padding: 2,
  });
  x = normalize(addBias(x, at("features.0.bias")), "features.1");
  x = maxPool(relu(x), { kernel: 3, stride: 2 });
  x = convolution(x, at("features.4.weight"), {
    padding: 1,
    groups: 2,
  });
  x = normalize(addBias(x, at("features.4.bias")), "features.5");
  x = averagePool(relu(x), { kernel: 2 });
  const hidden = dropout(flatten(x), at("mask"));
  const y = linear(hidden, at("head.weight"), at("head.bias"));
  return { y, updates };
};

const { before, steps, after, evaluated } = fixture.training;

/** Three steps of training from the fixture's weights. */
const train = Effect.gen(function* () {
  const rates: Tensors = {
    learningRate: floatTensor([], Float32Array.of(0.1)),
    headLearningRate: floatTensor([], Float32Array.of(0.05)),
  };
  const batches = steps.map(({ inputs }) => tensorsOf(inputs, "labels"));
  let state = tensorsOf(before);
  const inputs = valuesOf({ ...batches[0], ...rates, ...state });
  const { y, updates } = network(inputs, true);
  const parameters = (prefix: string) =>
    Object.fromEntries(
      Object.entries(inputs).filter(([name]) =>
        name.startsWith(prefix) && /\.(weight|bias)$/.test(name)
      ),
    );
  const each = softmaxCrossEntropy(y, inputs["labels"]!);
  const graph = yield* buildGraph(() =>
    trainingStep({
      loss: reduceMean(each),
      groups: [
        {
          parameters: parameters("features"),
          learningRate: inputs["learningRate"]!,
          momentum: 0.9,
          weightDecay: 0.01,
        },
        {
          parameters: parameters("head"),
          learningRate: inputs["headLearningRate"]!,
          weightDecay: 0.001,
        },
      ],
      updates,
    })
  );
  const losses: number[] = [];
  for (const batch of batches) {
    const run = yield* interpret(graph, { ...batch, ...rates }, state);
    losses.push(run.outputs["loss"]!.data[0]!);
    state = run.state;
  }
  return { losses, state, batch: batches.at(-1)! };
});

effectTest(
  "three training steps give PyTorch's losses and state",
  () =>
    Effect.gen(function* () {
      const { losses, state } = yield* train;
      assertClose(losses, steps.map(({ loss }) => loss), 1e-6, "losses");
      assert.deepEqual(
        Object.keys(state).toSorted(),
        Object.keys(after).toSorted(),
      );
      for (const [name, { data }] of Object.entries(after)) {
        assertClose(state[name]!.data, data, 1e-6, name);
      }
    }),
);

effectTest(
  "evaluation by the trained running statistics equals PyTorch's",
  () =>
    Effect.gen(function* () {
      const { state, batch } = yield* train;
      const { x } = batch;
      const mask = floatTensor([4, 6], new Float32Array(24).fill(1));
      const constantTensors = Object.fromEntries(
        Object.entries(state).filter(([name]) => !name.endsWith("_buffer")),
      );
      const inputs = valuesOf({ x: x!, mask, ...constantTensors });
      const { y } = network(inputs, false);
      const { x: images, mask: ones, ...constants } = inputs;
      const graph = yield* buildGraph(() => ({
        outputs: { y },
        state: constants,
      }));
      assert.deepEqual(Object.values(graph.inputs), [images, ones]);
      const { outputs } = yield* interpret(
        graph,
        { x: x!, mask },
        constantTensors,
      );
      assertClose(outputs["y"]!.data, evaluated.data, 1e-5);
    }),
);
