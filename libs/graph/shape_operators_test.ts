import { operatorTest, refusalTest } from "./operator_testing.ts";
import {
  addBias,
  broadcast,
  flatten,
  reshape,
  transpose,
} from "./shape_operators.ts";

const x = [[2, 3], [1, 2, 3, 4, 5, 6]] as const;
const cube = [[2, 1, 3], [1, 2, 3, 4, 5, 6]] as const;

operatorTest(
  "reshape() keeps the row-major order and infers one size",
  { x },
  ({ x }) => reshape(x, [3, -1]),
  [[3, 2], [1, 2, 3, 4, 5, 6]],
);
operatorTest(
  "reshape() keeps integers",
  { x: [[2], [1, 2], "int32"] },
  ({ x }) => reshape(x, [1, 2]),
  [[1, 2], [1, 2], "int32"],
);
operatorTest(
  "flatten() keeps the first axis",
  { x: cube },
  ({ x }) => flatten(x),
  x,
);
operatorTest(
  "broadcast() repeats axes of size 1 and adds axes before",
  { x: [[2, 1], [1, 2]] },
  ({ x }) => broadcast(x, [2, 2, 3]),
  [[2, 2, 3], [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2]],
);
operatorTest(
  "transpose() swaps the axes of a matrix by default",
  { x },
  ({ x }) => transpose(x),
  [[3, 2], [1, 4, 2, 5, 3, 6]],
);
operatorTest(
  "transpose() makes output axis i of input axis permutation[i]",
  { x: [[2, 1, 3], [1, 2, 3, 4, 5, 6]] },
  ({ x }) => transpose(x, [1, 2, 0]),
  [[1, 3, 2], [1, 4, 2, 5, 3, 6]],
);
operatorTest(
  "addBias() adds one number to every channel",
  { x: [[2, 2, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]], bias: [[2], [10, 20]] },
  ({ x, bias }) => addBias(x, bias),
  [[2, 2, 1, 2], [11, 12, 23, 24, 15, 16, 27, 28]],
);

refusalTest(
  "reshape() refuses another number of elements",
  { x: [2, 3] },
  ({ x }) => reshape(x, [4, 2]),
  "Cannot apply reshape as the number of elements must stay: " +
    "current values are x=[2, 3], shape=[4, 2]",
);
refusalTest(
  "reshape() refuses a size that does not follow",
  { x: [2, 3] },
  ({ x }) => reshape(x, [-1, 4]),
  "Cannot apply reshape as sizes must be positive integers: " +
    "current values are x=[2, 3], shape=[1.5, 4]",
);
refusalTest(
  "broadcast() refuses to shrink",
  { x: [2, 3] },
  ({ x }) => broadcast(x, [1, 3]),
  "Cannot apply broadcast as x must broadcast to the shape: " +
    "current values are x=[2, 3], shape=[1, 3]",
);
refusalTest(
  "transpose() refuses an axis twice",
  { x: [2, 3] },
  ({ x }) => transpose(x, [0, 0]),
  "Cannot apply transpose as the permutation must name every axis of x once: " +
    "current values are x=[2, 3], permutation=[0, 0]",
);
refusalTest(
  "addBias() names a bias of other channels",
  { x: [2, 3, 4, 4], bias: [4] },
  ({ x, bias }) => addBias(x, bias),
  "Cannot apply addBias as bias must be [channels of x]: " +
    "current values are x=[2, 3, 4, 4], bias=[4]",
);
