import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { convolution } from "./convolution.ts";
import { multiply, relu } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { buildGraph } from "./graph.ts";
import { linear } from "./linear_algebra.ts";
import { sigmoidCrossEntropy, softmax, softmaxCrossEntropy } from "./losses.ts";
import { batchNormalization, batchNormTraining } from "./normalization.ts";
import { averagePool, maxPool } from "./pooling.ts";
import {
  fixture,
  type StoredTensors,
  tensorsOf,
  valuesOf,
} from "./pytorch_testing.ts";
import { reduceMax, reduceSum } from "./reduction.ts";
import { interpret } from "./reference.ts";
import { addBias } from "./shape_operators.ts";
import type { Value } from "./value.ts";
import assert from "node:assert/strict";

type Build = (
  inputs: Readonly<Record<string, Value>>,
) => Value;

const operators: Readonly<Record<string, Build>> = {
  convolution: ({ x, filter, bias }) =>
    addBias(
      convolution(x!, filter!, {
        stride: [2, 1],
        padding: [1, 2],
        dilation: [1, 2],
        groups: 2,
      }),
      bias!,
    ),
  maxPool: ({ x }) =>
    maxPool(x!, { kernel: 3, stride: [1, 2], padding: [1, 0] }),
  averagePool: ({ x }) =>
    averagePool(x!, { kernel: [3, 2], stride: 2, padding: 1 }),
  batchNormTraining: ({ x, scale, bias }) =>
    batchNormTraining(x!, scale!, bias!).output,
  batchNormEvaluation: ({ x, mean, variance, scale, bias }) =>
    batchNormalization(
      x!,
      { mean: mean!, variance: variance! },
      scale!,
      bias!,
    ),
  linear: ({ input, weight, bias }) => linear(input!, weight!, bias!),
  relu: ({ input }) => relu(input!),
  softmax: ({ logits }) => softmax(logits!),
  softmaxCrossEntropy: ({ logits, labels }) =>
    softmaxCrossEntropy(logits!, labels!),
  sigmoidCrossEntropy: ({ logits, labels }) =>
    sigmoidCrossEntropy(logits!, labels!),
  reduceMax: ({ x }) => reduceMax(x!, { axes: [0, 2] }),
};

for (const [name, build] of Object.entries(operators)) {
  effectTest(
    `${name} and its gradients equal PyTorch's`,
    () =>
      Effect.gen(function* () {
        const stored = fixture.operators[name]!;
        const integers = name === "softmaxCrossEntropy" ? "labels" : undefined;
        const tensors = tensorsOf(stored.inputs, integers);
        const inputs = valuesOf(tensors);
        const y = build(inputs);
        const loss = reduceSum(multiply(y, inputs["dy"]!));
        const parameters = Object.keys(stored.gradients);
        const slopes = gradients(
          loss,
          parameters.map((name) => inputs[name]!),
        );
        const graph = yield* buildGraph(() => ({
          outputs: {
            y,
            ...Object.fromEntries(
              slopes.map((slope, i) => [`d ${parameters[i]}`, slope]),
            ),
          },
        }));
        const { outputs } = yield* interpret(graph, tensors, {});
        const expected = { y: stored.output, ...prefixed(stored.gradients) };
        for (const [name, { shape, data }] of Object.entries(expected)) {
          assert.deepEqual(outputs[name]!.shape, shape);
          assertClose(outputs[name]!.data, data, 1e-6, name);
        }
      }),
  );
}

const prefixed = (gradients: StoredTensors): StoredTensors =>
  Object.fromEntries(
    Object.entries(gradients).map(([name, slope]) => [`d ${name}`, slope]),
  );
