import { coarseMatmul, linear, matmul } from "./linear_algebra.ts";
import { operatorTest, refusalTest } from "./operator_testing.ts";

// [1 2 3; 4 5 6] · [1 0; 2 1; 0 3] = [5 11; 14 23]
const a = [[2, 3], [1, 2, 3, 4, 5, 6]] as const;
const b = [[3, 2], [1, 0, 2, 1, 0, 3]] as const;
const aTransposed = [[3, 2], [1, 4, 2, 5, 3, 6]] as const;
const bTransposed = [[2, 3], [1, 2, 0, 0, 1, 3]] as const;
const product = [[2, 2], [5, 11, 14, 23]] as const;

operatorTest(
  "matmul() multiplies rows by columns",
  { a, b },
  ({ a, b }) => matmul(a, b),
  product,
);
operatorTest(
  "matmul() reads the first factor transposed",
  { a: aTransposed, b },
  ({ a, b }) => matmul(a, b, { transposeA: true }),
  product,
);
operatorTest(
  "matmul() reads the second factor transposed",
  { a, b: bTransposed },
  ({ a, b }) => matmul(a, b, { transposeB: true }),
  product,
);
operatorTest(
  "matmul() reads both factors transposed",
  { a: aTransposed, b: bTransposed },
  ({ a, b }) => matmul(a, b, { transposeA: true, transposeB: true }),
  product,
);
operatorTest(
  "coarseMatmul() rounds to whole numbers, ties to even, from -128 to 127",
  {
    a: [[1, 6], [0.5, 1.5, -2.5, 2.49, 300, -300]],
    b: [[6, 2], [1, 0, 1, 0, 1, 0, 1, 0.4, 0, 1.7, 1, 0]],
  },
  ({ a, b }) => coarseMatmul(a, b),
  [[1, 2], [0 + 2 - 2 + 2 - 128, 254]],
);
operatorTest(
  "coarseMatmul() of 7 bits rounds its first factor to -64 to 63",
  {
    a: [[1, 6], [0.5, 1.5, -2.5, 2.49, 300, -300]],
    b: [[6, 2], [1, 0, 1, 0, 1, 0, 1, 0.4, 0, 1.7, 1, 100]],
  },
  ({ a, b }) => coarseMatmul(a, b, { bits: 7 }),
  [[1, 2], [0 + 2 - 2 + 2 - 64, 126 - 6400]],
);
operatorTest(
  "linear() keeps its weight as PyTorch and adds the bias to every row",
  { x: a, weight: bTransposed, bias: [[2], [100, 200]] },
  ({ x, weight, bias }) => linear(x, weight, bias),
  [[2, 2], [105, 211, 114, 223]],
);

refusalTest(
  "matmul() names factors with other inner sizes",
  { a: [2, 3], b: [4, 5] },
  ({ a, b }) => matmul(a, b),
  "Cannot apply matmul as the inner sizes must be equal: current values are " +
    "a=[2, 3], b=[4, 5], transposeA=false, transposeB=false",
);
refusalTest(
  "coarseMatmul() names factors with other inner sizes",
  { a: [2, 3], b: [4, 5] },
  ({ a, b }) => coarseMatmul(a, b),
  "Cannot apply coarseMatmul as the inner sizes must be equal: current " +
    "values are a=[2, 3], b=[4, 5], bits=8",
);
refusalTest(
  "matmul() refuses a vector",
  { a: [2, 3], b: [3] },
  ({ a, b }) => matmul(a, b),
  "Cannot apply matmul as a and b must be matrices: current values are " +
    "a=[2, 3], b=[3], transposeA=false, transposeB=false",
);
