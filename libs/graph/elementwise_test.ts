import {
  add,
  divide,
  dropout,
  exp,
  log,
  multiply,
  negate,
  relu,
  reluGradient,
  sigmoid,
  sqrt,
  subtract,
  toFloat,
} from "./elementwise.ts";
import { constant } from "./leaves.ts";
import { operatorTest, refusalTest } from "./operator_testing.ts";

const square = [[2, 2], [1, 2, 3, 4]] as const;
const row = [[2], [10, 20]] as const;
const column = [[2, 1], [10, 20]] as const;

operatorTest(
  "add() broadcasts a row over rows",
  { a: square, b: row },
  ({ a, b }) => add(a, b),
  [[2, 2], [11, 22, 13, 24]],
);
operatorTest(
  "subtract() broadcasts a column over columns",
  { a: square, b: column },
  ({ a, b }) => subtract(a, b),
  [[2, 2], [-9, -8, -17, -16]],
);
operatorTest(
  "multiply() broadcasts both operands against each other",
  { a: column, b: row },
  ({ a, b }) => multiply(a, b),
  [[2, 2], [100, 200, 200, 400]],
);
operatorTest(
  "divide() takes a number for a constant",
  { b: row },
  ({ b }) => divide(40, b),
  [[2], [4, 2]],
);
operatorTest(
  "negate() changes signs",
  { x: square },
  ({ x }) => negate(x),
  [[2, 2], [-1, -2, -3, -4]],
);
operatorTest(
  "exp() is the exponential",
  { x: [[2], [0, Math.log(5)]] },
  ({ x }) => exp(x),
  [[2], [1, 5]],
);
operatorTest(
  "log() is the natural logarithm",
  { x: [[2], [1, Math.E]] },
  ({ x }) => log(x),
  [[2], [0, 1]],
);
operatorTest(
  "sqrt() is the square root",
  { x: [[2], [9, 0]] },
  ({ x }) => sqrt(x),
  [[2], [3, 0]],
);
operatorTest(
  "relu() keeps what is positive",
  { x: [[3], [-1, 0, 2]] },
  ({ x }) => relu(x),
  [[3], [0, 0, 2]],
);
operatorTest(
  "reluGradient() passes dy where x > 0 only",
  { x: [[3], [-1, 0, 2]], dy: [[3], [5, 6, 7]] },
  ({ x, dy }) => reluGradient(x, dy),
  [[3], [0, 0, 7]],
);
operatorTest(
  "sigmoid() is 3/4 at log 3",
  { x: [[3], [0, Math.log(3), -1000]] },
  ({ x }) => sigmoid(x),
  [[3], [0.5, 0.75, 0]],
);
operatorTest(
  "toFloat() keeps the numbers",
  { x: [[2], [-3, 7], "int32"] },
  ({ x }) => toFloat(x),
  [[2], [-3, 7]],
);
operatorTest(
  "dropout() multiplies by the mask as it is given",
  { x: square, mask: [[2, 2], [2, 0, 0, 2]] },
  ({ x, mask }) => dropout(x, mask),
  [[2, 2], [2, 0, 0, 8]],
);
operatorTest(
  "constant() is the same number everywhere",
  {},
  () => constant(2.5, [3]),
  [[3], [2.5, 2.5, 2.5]],
);

refusalTest(
  "add() names operands that do not broadcast",
  { a: [3, 4], b: [3, 1, 5] },
  ({ a, b }) => add(a, b),
  "Cannot apply add as sizes must be equal or 1 on every axis, counted from " +
    "the last: current values are a=[3, 4], b=[3, 1, 5]",
);
refusalTest(
  "exp() refuses integers",
  { x: [[2], [], "int32"] },
  ({ x }) => exp(x),
  "Cannot apply exp as operands must be float32: current values are x=int32[2]",
);
refusalTest(
  "toFloat() refuses floats",
  { x: [2] },
  ({ x }) => toFloat(x),
  "Cannot apply toFloat as x must be int32: current values are x=[2]",
);
refusalTest(
  "reluGradient() does not broadcast",
  { x: [2, 3], dy: [3] },
  ({ x, dy }) => reluGradient(x, dy),
  "Cannot apply reluGradient as x and dy must have equal shapes: " +
    "current values are x=[2, 3], dy=[3]",
);
refusalTest(
  "dropout() refuses a mask that would enlarge x",
  { x: [1, 3], mask: [2, 3] },
  ({ x, mask }) => dropout(x, mask),
  "Cannot apply dropout as the mask must broadcast to the shape of x: " +
    "current values are x=[1, 3], mask=[2, 3]",
);
refusalTest(
  "constant() refuses a size of 0",
  {},
  () => constant(1, [2, 0]),
  "Cannot apply constant as sizes must be positive integers, not [2, 0]: " +
    "current values are value=1",
);
