import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { convolution } from "./convolution.ts";
import { describe } from "./describe.ts";
import { add, multiply, relu, toFloat } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { buildGraph } from "./graph.ts";
import { constant, input } from "./leaves.ts";
import { sigmoidCrossEntropy } from "./losses.ts";
import { batchNormTraining } from "./normalization.ts";
import { argMax, reduceMax, reduceMean, reduceSum } from "./reduction.ts";
import { evaluate } from "./reference.ts";
import { reshape } from "./shape_operators.ts";
import type { Value } from "./value.ts";
import assert from "node:assert/strict";

effectTest(
  "gradients() of a statistic of the batch takes it for itself",
  () =>
    Effect.gen(function* () {
      const x = input("x", [4, 1]);
      const one = constant(1, [1]);
      const { output, batch } = batchNormTraining(x, one, one, 0);
      const loss = reduceSum(output);
      const [slope] = yield* evaluate(gradients(loss, [batch.mean]), {
        x: { shape: [4, 1], data: Float64Array.of(0, 0, 4, 4) },
      });
      assert.equal(slope!.data[0], -4 / 2);
    }),
);

effectTest(
  "gradients() shares the gradient evenly between equal maxima",
  () =>
    Effect.gen(function* () {
      const x = input("x", [4]);
      const [slope] = yield* evaluate(
        gradients(reduceMax(x), [x]),
        { x: { shape: [4], data: Float64Array.of(3, 1, 3, 2) } },
      );
      assert.deepEqual([...slope!.data], [0.5, 0, 0.5, 0]);
    }),
);

effectTest(
  "gradients() sums over every path to a parameter",
  () =>
    Effect.gen(function* () {
      const x = input("x", []);
      const square = multiply(x, x);
      const loss = add(
        multiply(square, x),
        add(square, x),
      );
      const slopes = yield* evaluate(
        gradients(loss, [x, square, loss]),
        {
          x: { shape: [], data: Float64Array.of(2) },
        },
      );
      assert.deepEqual(slopes.map(({ data }) => data[0]), [12 + 4 + 1, 3, 1]);
    }),
);

effectTest(
  "gradients() gives zeros where the loss does not depend",
  () =>
    Effect.sync(() => {
      const x = input("x", [2, 3]);
      const loss = reduceSum(input("y", [2]));
      const [slope] = gradients(loss, [x]);
      assert.deepEqual(slope, constant(0, [2, 3]));
    }),
);

effectTest(
  "gradients() costs nothing for frozen parameters",
  () =>
    Effect.gen(function* () {
      const x = input("x", [2, 3, 8, 8]);
      const frozen = input("frozen", [4, 3, 3, 3]);
      const scale = input("scale", [4]);
      const bias = input("bias", [4]);
      const trained = input("trained", [5, 4, 3, 3]);
      const hidden = convolution(x, frozen);
      const { output } = batchNormTraining(hidden, scale, bias);
      const y = convolution(relu(output), trained);
      const loss = reduceMean(y);
      const [gradient] = gradients(loss, [trained]);
      const listing = describe(
        yield* buildGraph(() => ({ outputs: { gradient: gradient! } })),
      );
      const operators = [...listing.matchAll(/ = (\w+Gradient)\(/g)];
      assert.deepEqual(operators.map(([, name]) => name), [
        "convolutionFilterGradient",
      ]);
    }),
);

effectTest(
  "gradients() through own statistics is one operator",
  () =>
    Effect.gen(function* () {
      const x = input("x", [2, 3, 4, 4]);
      const scale = input("scale", [3]);
      const { output } = batchNormTraining(x, scale, scale);
      const [gradient] = gradients(reduceSum(output), [x]);
      assert.equal(gradient!.operator.type, "batchNormalizationInputGradient");
      const listing = describe(
        yield* buildGraph(() => ({ outputs: { gradient: gradient! } })),
      );
      assert.equal(listing.match(/batchMean/g)!.length, 1);
    }),
);

const refusals = {
  "cannot pass through argMax": [
    (x: Value) => {
      const loss = reduceSum(toFloat(argMax(x)));
      return gradients(loss, [x]);
    },
    "Cannot differentiate toFloat as it must have a derivative with respect " +
    "to operand 0: current operands are [4]",
  ],
  "cannot pass through targets": [
    (x: Value) => {
      const loss = reduceSum(sigmoidCrossEntropy(x, x));
      return gradients(loss, [x]);
    },
    "Cannot differentiate sigmoidCrossEntropy as it must have a derivative " +
    "with respect to operand 1: current operands are [4, 3], [4, 3]",
  ],
  "cannot pass through the gradient of a convolution": [
    (x: Value) => {
      const image = reshape(x, [1, 1, 4, 3]);
      const y = convolution(image, image);
      const [first] = gradients(reduceSum(y), [image]);
      return gradients(reduceSum(first!), [x]);
    },
    "Cannot differentiate convolutionFilterGradient as it must have a " +
    "derivative with respect to operand 0: current operands are " +
    "[1, 1, 4, 3], [1, 1, 1, 1]",
  ],
  "need a scalar": [
    (x: Value) => gradients(x, [x]),
    "Cannot apply gradients as the loss must be a float32 scalar: " +
    "current values are loss=[4, 3]",
  ],
  "need parameters of floats": [
    (x: Value) => {
      const labels = input("labels", [3], "int32");
      return gradients(reduceSum(x), [labels]);
    },
    "Cannot apply gradients as operands must be float32: " +
    "current values are parameter=int32[3]",
  ],
} as const;
for (const [rule, [differentiate, message]] of Object.entries(refusals)) {
  effectTest(`gradients() ${rule}`, () =>
    Effect.gen(function* () {
      const x = input("x", [4, 3]);
      const error = yield* Effect.flip(buildGraph(() => ({
        outputs: Object.fromEntries(Object.entries(differentiate(x))),
      })));
      assert.equal(error.message, message);
    }));
}
