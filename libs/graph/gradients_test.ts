import { draws, type Shape, sizeOf } from "@deepcluster/core";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { convolution } from "./convolution.ts";
import { describe } from "./describe.ts";
import {
  add,
  divide,
  dropout,
  exp,
  log,
  multiply,
  negate,
  relu,
  sigmoid,
  sqrt,
  subtract,
  toFloat,
} from "./elementwise.ts";
import type { ShapeError } from "./errors.ts";
import { gradients } from "./gradients.ts";
import { graphOf } from "./graph.ts";
import { constant, input } from "./leaves.ts";
import { linear, matmul } from "./linear_algebra.ts";
import { sigmoidCrossEntropy, softmax, softmaxCrossEntropy } from "./losses.ts";
import {
  batchMean,
  batchNormalization,
  batchNormTraining,
  batchVariance,
} from "./normalization.ts";
import { averagePool, maxPool } from "./pooling.ts";
import { argMax, reduceMax, reduceMean, reduceSum } from "./reduction.ts";
import { evaluate } from "./reference.ts";
import type { Numbers } from "./reference/kernel.ts";
import { addBias, broadcast, reshape, transpose } from "./shape_operators.ts";
import type { Value } from "./value.ts";

/** An operator under test: how it is applied, to random shapes. */
interface Case {
  /** Shapes from three random sizes of at least 2. */
  readonly shapes: (a: number, b: number, c: number) => readonly Shape[];
  readonly build: (
    ...inputs: readonly Value[]
  ) => Effect.Effect<Value, ShapeError>;
  /** Labels below the second size, some ignored, to build with. */
  readonly labels?: "integers" | "floats";
}

const matrix = (a: number, b: number): readonly Shape[] => [[a, b]];
const images = (a: number, b: number): readonly Shape[] => [[2, a, b + 3, 7]];
const positive = (x: Value) => Effect.flatMap(exp(x), (e) => add(e, 0.1));

const cases: Readonly<Record<string, Case>> = {
  "add, broadcast both ways": {
    shapes: (a, b) => [[a, 1], [1, b]],
    build: (x, y) => add(x!, y!),
  },
  "subtract, a scalar": {
    shapes: (a, b) => [[a, b], []],
    build: (x, y) => subtract(x!, y!),
  },
  "multiply, a row": {
    shapes: (a, b) => [[a, b], [b]],
    build: (x, y) => multiply(x!, y!),
  },
  "multiply, by itself": {
    shapes: matrix,
    build: (x) => multiply(x!, x!),
  },
  "divide, a column": {
    shapes: (a, b) => [[a, b], [a, 1]],
    build: (x, y) => Effect.flatMap(positive(y!), (y) => divide(x!, y)),
  },
  negate: { shapes: matrix, build: (x) => negate(x!) },
  exp: { shapes: matrix, build: (x) => exp(x!) },
  log: { shapes: matrix, build: (x) => Effect.flatMap(positive(x!), log) },
  sqrt: { shapes: matrix, build: (x) => Effect.flatMap(positive(x!), sqrt) },
  relu: { shapes: matrix, build: (x) => relu(x!) },
  sigmoid: { shapes: matrix, build: (x) => sigmoid(x!) },
  dropout: {
    shapes: (a, b) => [[a, b], [a, b]],
    build: (x, mask) => dropout(x!, mask!),
  },
  matmul: {
    shapes: (a, b, c) => [[a, b], [b, c]],
    build: (x, y) => matmul(x!, y!),
  },
  "matmul, first factor transposed": {
    shapes: (a, b, c) => [[b, a], [b, c]],
    build: (x, y) => matmul(x!, y!, { transposeA: true }),
  },
  "matmul, both factors transposed": {
    shapes: (a, b, c) => [[b, a], [c, b]],
    build: (x, y) => matmul(x!, y!, { transposeA: true, transposeB: true }),
  },
  linear: {
    shapes: (a, b, c) => [[a, b], [c, b], [c]],
    build: (x, weight, bias) => linear(x!, weight!, bias!),
  },
  "convolution, plain": {
    shapes: (a, b, c) => [[2, a, 5, b + 3], [c, a, 3, 2]],
    build: (x, filter) => convolution(x!, filter!),
  },
  "convolution, strided, padded and dilated": {
    shapes: (a, b, c) => [[2, a, 6, b + 5], [c, a, 3, 2]],
    build: (x, filter) =>
      convolution(x!, filter!, {
        stride: [2, 3],
        padding: [1, 2],
        dilation: [2, 1],
      }),
  },
  "convolution, grouped": {
    shapes: (a, b, c) => [[2, 2 * a, 4, b + 2], [2 * c, a, 3, 3]],
    build: (x, filter) => convolution(x!, filter!, { groups: 2, padding: 1 }),
  },
  "maxPool, overlapping": {
    shapes: images,
    build: (x) => maxPool(x!, { kernel: [3, 2], stride: 2, padding: [1, 0] }),
  },
  "averagePool, overlapping": {
    shapes: images,
    build: (x) => averagePool(x!, { kernel: 3, stride: [1, 2], padding: 1 }),
  },
  batchMean: { shapes: images, build: (x) => batchMean(x!) },
  batchVariance: { shapes: images, build: (x) => batchVariance(x!) },
  "batchNormalization by the batch's own statistics": {
    shapes: (a, b) => [...images(a, b), [a], [a]],
    build: (x, scale, bias) =>
      Effect.map(batchNormTraining(x!, scale!, bias!), (made) => made.output),
  },
  "batchNormalization by own statistics that the loss uses once more": {
    shapes: (a, b) => [[a + 1, b], [b], [b]],
    build: (x, scale, bias) =>
      Effect.gen(function* () {
        const { output, batch } = yield* batchNormTraining(x!, scale!, bias!);
        const sum = yield* multiply(batch.mean, batch.variance);
        return yield* add(output, sum);
      }),
  },
  "batchNormalization by given statistics": {
    shapes: (a, b) => [...images(a, b), [a], [a], [a], [a]],
    build: (x, mean, variance, scale, bias) =>
      Effect.flatMap(
        positive(variance!),
        (variance) =>
          batchNormalization(x!, { mean: mean!, variance }, scale!, bias!),
      ),
  },
  "batchNormalization by another batch's statistics": {
    shapes: (a, b) => [[a, b], [a + 2, b], [b], [b]],
    build: (x, other, scale, bias) =>
      Effect.gen(function* () {
        const mean = yield* batchMean(other!);
        const variance = yield* batchVariance(other!);
        return yield* batchNormalization(
          x!,
          { mean, variance },
          scale!,
          bias!,
        );
      }),
  },
  "reduceSum over the first axis": {
    shapes: matrix,
    build: (x) => reduceSum(x!, { axes: [0] }),
  },
  "reduceMean over outer axes, kept": {
    shapes: (a, b, c) => [[a, b, c]],
    build: (x) => reduceMean(x!, { axes: [0, 2], keepDimensions: true }),
  },
  "reduceMax over the middle axis": {
    shapes: (a, b, c) => [[a, b, c]],
    build: (x) => reduceMax(x!, { axes: [1] }),
  },
  reshape: { shapes: matrix, build: (x) => reshape(x!, [-1]) },
  "broadcast to new and repeated axes": {
    shapes: (a, b) => [[a, 1, b]],
    build: (x) => broadcast(x!, [2, x!.shape[0]!, 3, x!.shape[2]!]),
  },
  transpose: {
    shapes: (a, b, c) => [[a, b, c]],
    build: (x) => transpose(x!, [2, 0, 1]),
  },
  addBias: {
    shapes: (a, b, c) => [[a, b, c, 2], [b]],
    build: (x, bias) => addBias(x!, bias!),
  },
  softmax: { shapes: matrix, build: (x) => softmax(x!) },
  "softmaxCrossEntropy with ignored labels": {
    shapes: matrix,
    build: (x, labels) => softmaxCrossEntropy(x!, labels!),
    labels: "integers",
  },
  "sigmoidCrossEntropy with ignored labels": {
    shapes: matrix,
    build: (x, labels) => sigmoidCrossEntropy(x!, labels!),
    labels: "floats",
  },
};

for (const [name, { shapes, build, labels }] of Object.entries(cases)) {
  effectTest(
    `the gradient of ${name} agrees with central differences`,
    () =>
      Effect.gen(function* () {
        for (const round of [1, 2, 3]) {
          const random = draws(5, name, round);
          const sizes = [0, 0, 0].map(() => 2 + random.integer(3));
          const [a, b, c] = sizes as [number, number, number];
          const numbers: Record<string, Numbers> = {};
          const draw = (name: string, shape: Shape, make: () => number) =>
            numbers[name] = { shape, data: filled(shape, make) };
          const parameters: Value[] = [];
          for (const [i, shape] of shapes(a, b, c).entries()) {
            parameters.push(yield* input(`p${i}`, shape));
            draw(`p${i}`, shape, random.normal);
          }
          const extra: Value[] = [];
          if (labels === "integers") {
            extra.push(yield* input("labels", [a], "int32"));
            draw("labels", [a], () => random.integer(b + 1) - 1);
          } else if (labels === "floats") {
            extra.push(yield* input("labels", [a, b]));
            draw("labels", [a, b], () => random.uniform() * 1.3 - 0.3);
          }
          const y = yield* build(...parameters, ...extra);
          const weights = yield* input("weights", y.shape);
          draw("weights", y.shape, random.normal);
          const loss = yield* reduceSum(yield* multiply(y, weights));
          yield* agrees(loss, parameters, numbers);
        }
      }),
  );
}

const filled = (shape: Shape, make: () => number): Float64Array =>
  Float64Array.from({ length: sizeOf(shape) }, make);

/** Asserts that gradients equal central differences. */
const agrees = Effect.fnUntraced(function* (
  loss: Value,
  parameters: readonly Value[],
  numbers: Readonly<Record<string, Numbers>>,
) {
  const found = yield* evaluate(
    yield* gradients(loss, parameters),
    numbers,
  );
  for (const [i, parameter] of parameters.entries()) {
    assert.deepEqual(found[i]!.shape, parameter.shape);
    const { data } = numbers[`p${i}`]!;
    const slopes = new Float64Array(data.length);
    for (let j = 0; j < data.length; j++) {
      const held = data[j]!;
      const lossAt = Effect.fnUntraced(function* (value: number) {
        data[j] = value;
        const [result] = yield* evaluate([loss], numbers);
        return result!.data[0]!;
      });
      const step = 1e-5;
      const up = yield* lossAt(held + step);
      const down = yield* lossAt(held - step);
      data[j] = held;
      slopes[j] = (up - down) / (2 * step);
    }
    assertClose(found[i]!.data, slopes, 1e-7, `gradient of p${i}`);
  }
});

effectTest(
  "gradients() of a statistic of the batch takes it for itself",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [4, 1]);
      const one = yield* constant(1, [1]);
      const { output, batch } = yield* batchNormTraining(x, one, one, 0);
      const loss = yield* reduceSum(output);
      const [slope] = yield* evaluate(yield* gradients(loss, [batch.mean]), {
        x: { shape: [4, 1], data: Float64Array.of(0, 0, 4, 4) },
      });
      assert.equal(slope!.data[0], -4 / 2);
    }),
);

effectTest(
  "gradients() shares the gradient evenly between equal maxima",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [4]);
      const [slope] = yield* evaluate(
        yield* gradients(yield* reduceMax(x), [x]),
        { x: { shape: [4], data: Float64Array.of(3, 1, 3, 2) } },
      );
      assert.deepEqual([...slope!.data], [0.5, 0, 0.5, 0]);
    }),
);

effectTest(
  "gradients() sums over every path to a parameter",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", []);
      const square = yield* multiply(x, x);
      const loss = yield* add(
        yield* multiply(square, x),
        yield* add(square, x),
      );
      const slopes = yield* evaluate(
        yield* gradients(loss, [x, square, loss]),
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
    Effect.gen(function* () {
      const x = yield* input("x", [2, 3]);
      const loss = yield* reduceSum(yield* input("y", [2]));
      const [slope] = yield* gradients(loss, [x]);
      assert.deepEqual(slope, yield* constant(0, [2, 3]));
    }),
);

effectTest(
  "gradients() costs nothing for frozen parameters",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [2, 3, 8, 8]);
      const frozen = yield* input("frozen", [4, 3, 3, 3]);
      const scale = yield* input("scale", [4]);
      const bias = yield* input("bias", [4]);
      const trained = yield* input("trained", [5, 4, 3, 3]);
      const hidden = yield* convolution(x, frozen);
      const { output } = yield* batchNormTraining(hidden, scale, bias);
      const y = yield* convolution(yield* relu(output), trained);
      const loss = yield* reduceMean(y);
      const [gradient] = yield* gradients(loss, [trained]);
      const listing = describe(yield* graphOf({ gradient: gradient! }));
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
      const x = yield* input("x", [2, 3, 4, 4]);
      const scale = yield* input("scale", [3]);
      const { output } = yield* batchNormTraining(x, scale, scale);
      const [gradient] = yield* gradients(yield* reduceSum(output), [x]);
      assert.equal(gradient!.operator.type, "batchNormalizationInputGradient");
      const listing = describe(yield* graphOf({ gradient: gradient! }));
      assert.equal(listing.match(/batchMean/g)!.length, 1);
    }),
);

const refusals = {
  "cannot pass through argMax": [
    Effect.fnUntraced(function* (x: Value) {
      const loss = yield* reduceSum(yield* toFloat(yield* argMax(x)));
      return yield* gradients(loss, [x]);
    }),
    "Cannot differentiate toFloat as it must have a derivative with respect " +
    "to operand 0: current operands are [4]",
  ],
  "cannot pass through targets": [
    Effect.fnUntraced(function* (x: Value) {
      const loss = yield* reduceSum(yield* sigmoidCrossEntropy(x, x));
      return yield* gradients(loss, [x]);
    }),
    "Cannot differentiate sigmoidCrossEntropy as it must have a derivative " +
    "with respect to operand 1: current operands are [4, 3], [4, 3]",
  ],
  "cannot pass through the gradient of a convolution": [
    Effect.fnUntraced(function* (x: Value) {
      const image = yield* reshape(x, [1, 1, 4, 3]);
      const y = yield* convolution(image, image);
      const [first] = yield* gradients(yield* reduceSum(y), [image]);
      return yield* gradients(yield* reduceSum(first!), [x]);
    }),
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
    Effect.fnUntraced(function* (x: Value) {
      const labels = yield* input("labels", [3], "int32");
      return yield* gradients(yield* reduceSum(x), [labels]);
    }),
    "Cannot apply gradients as operands must be float32: " +
    "current values are parameter=int32[3]",
  ],
} as const;
for (const [rule, [differentiate, message]] of Object.entries(refusals)) {
  effectTest(`gradients() ${rule}`, () =>
    Effect.gen(function* () {
      const x = yield* input("x", [4, 3]);
      const error = yield* Effect.flip(differentiate(x));
      assert.equal(error.message, message);
    }));
}
