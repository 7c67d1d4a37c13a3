import { operatorTest, refusalTest } from "./operator_testing.ts";
import { argMax, reduceMax, reduceMean, reduceSum } from "./reduction.ts";

const x = [[2, 3], [1, 2, 3, 4, 5, 6]] as const;
const ties = [[2, 3], [1, 3, 3, 2, 0, 3]] as const;

operatorTest(
  "reduceSum() sums over the first axis",
  { x },
  ({ x }) => reduceSum(x, { axes: [0] }),
  [[3], [5, 7, 9]],
);
operatorTest(
  "reduceSum() sums over all axes by default",
  { x },
  ({ x }) => reduceSum(x),
  [[], [21]],
);
operatorTest(
  "reduceSum() sums over outer axes around a kept one",
  { x: [[2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]] },
  ({ x }) => reduceSum(x, { axes: [2, 0] }),
  [[2], [14, 22]],
);
operatorTest(
  "reduceMean() counts a negative axis from the end",
  { x },
  ({ x }) => reduceMean(x, { axes: [-1], keepDimensions: true }),
  [[2, 1], [2, 5]],
);
operatorTest(
  "reduceMax() finds the largest, also among negative numbers",
  { x: [[2, 2], [-1, -2, -4, -3]] },
  ({ x }) => reduceMax(x, { axes: [1] }),
  [[2], [-1, -3]],
);
operatorTest(
  "argMax() takes the first of equals along the last axis",
  { x: ties },
  ({ x }) => argMax(x),
  [[2], [1, 2], "int32"],
);
operatorTest(
  "argMax() works along the first axis",
  { x: ties },
  ({ x }) => argMax(x, 0),
  [[3], [1, 0, 0], "int32"],
);

refusalTest(
  "reduceSum() names an axis that x does not have",
  { x: [2, 3] },
  ({ x }) => reduceSum(x, { axes: [0, 2] }),
  "Cannot apply reduceSum as every axis must be one of x: current values are " +
    "x=[2, 3], axes=[0, 2], keepDimensions=false",
);
refusalTest(
  "reduceMean() refuses an axis twice",
  { x: [2, 3] },
  ({ x }) => reduceMean(x, { axes: [1, -1] }),
  "Cannot apply reduceMean as axes must differ: current values are " +
    "x=[2, 3], axes=[1, 1], keepDimensions=false",
);
refusalTest(
  "argMax() refuses a scalar",
  { x: [] },
  ({ x }) => argMax(x),
  "Cannot apply argMax as every axis must be one of x: current values are " +
    "x=[], axis=-1",
);
