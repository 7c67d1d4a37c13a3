import {
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
} from "./convolution.ts";
import { operatorTest, refusalTest } from "./operator_testing.ts";

const image = [[1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]] as const;
const filter = [[1, 1, 2, 2], [1, 2, 3, 4]] as const;
const ones = [[1, 1, 2, 2], [1, 1, 1, 1]] as const;

operatorTest(
  "convolution() does not flip the filter",
  { x: image, filter },
  ({ x, filter }) => convolution(x, filter),
  [[1, 1, 2, 2], [37, 47, 67, 77]],
);
operatorTest(
  "convolution() steps by the stride over the padded image",
  { x: image, filter },
  ({ x, filter }) => convolution(x, filter, { stride: 2, padding: 1 }),
  [[1, 1, 2, 2], [4, 18, 36, 77]],
);
operatorTest(
  "convolution() spreads its filter by the dilation",
  { x: image, filter },
  ({ x, filter }) => convolution(x, filter, { dilation: 2 }),
  [[1, 1, 1, 1], [1 + 2 * 3 + 3 * 7 + 4 * 9]],
);
operatorTest(
  "convolution() takes the vertical number of a pair first",
  { x: image, filter: [[1, 1, 1, 1], [1]] },
  ({ x, filter }) =>
    convolution(x, filter, { stride: [1, 2], padding: [1, 0] }),
  [[1, 1, 5, 2], [0, 0, 1, 3, 4, 6, 7, 9, 0, 0]],
);
operatorTest(
  "convolution() keeps groups of channels apart",
  {
    x: [[1, 4, 1, 1], [1, 2, 3, 4]],
    filter: [[2, 2, 1, 1], [10, 20, 30, 40]],
  },
  ({ x, filter }) => convolution(x, filter, { groups: 2 }),
  [[1, 2, 1, 1], [50, 250]],
);
operatorTest(
  "convolution() sums over channels, for every image and filter",
  {
    x: [[2, 2, 1, 1], [1, 2, 3, 4]],
    filter: [[3, 2, 1, 1], [1, 0, 0, 1, 10, 100]],
  },
  ({ x, filter }) => convolution(x, filter),
  [[2, 3, 1, 1], [1, 2, 210, 3, 4, 430]],
);
operatorTest(
  "convolutionInputGradient() spreads the filter under every dy",
  { filter, dy: ones },
  ({ filter, dy }) => convolutionInputGradient(filter, dy, [1, 1, 3, 3]),
  [[1, 1, 3, 3], [1, 3, 2, 4, 10, 6, 3, 7, 4]],
);
operatorTest(
  "convolutionFilterGradient() sums the image under every element of the filter",
  { x: image, dy: ones },
  ({ x, dy }) => convolutionFilterGradient(x, dy, [1, 1, 2, 2]),
  [[1, 1, 2, 2], [12, 16, 24, 28]],
);

const settings = "stride=[1, 1], padding=[0, 0], dilation=[1, 1], groups=";
refusalTest(
  "convolution() names images and filters of other channels",
  { x: [1, 3, 8, 8], filter: [4, 2, 3, 3] },
  ({ x, filter }) => convolution(x, filter),
  "Cannot apply convolution as the filter's channels times groups must equal " +
    "the channels of x: current values are x=[1, 3, 8, 8], " +
    `filter=[4, 2, 3, 3], ${settings}1`,
);
refusalTest(
  "convolution() refuses groups that do not divide the filters",
  { x: [1, 4, 8, 8], filter: [3, 2, 3, 3] },
  ({ x, filter }) => convolution(x, filter, { groups: 2 }),
  "Cannot apply convolution as groups must divide the filters: current values " +
    `are x=[1, 4, 8, 8], filter=[3, 2, 3, 3], ${settings}2`,
);
refusalTest(
  "convolution() refuses a filter larger than the image",
  { x: [1, 3, 2, 8], filter: [4, 3, 3, 3] },
  ({ x, filter }) => convolution(x, filter),
  "Cannot apply convolution as the dilated filter must fit into the padded " +
    "image: current values are x=[1, 3, 2, 8], filter=[4, 3, 3, 3], " +
    `${settings}1`,
);
refusalTest(
  "convolution() refuses a stride of 0",
  { x: [1, 1, 8, 8], filter: [1, 1, 3, 3] },
  ({ x, filter }) => convolution(x, filter, { stride: [1, 0] }),
  "Cannot apply convolution as stride and dilation must be integers >= 1: " +
    "current values are x=[1, 1, 8, 8], filter=[1, 1, 3, 3], stride=[1, 0], " +
    "padding=[0, 0], dilation=[1, 1], groups=1",
);
refusalTest(
  "convolutionFilterGradient() says which dy belongs to x and filter",
  { x: [1, 1, 8, 8], dy: [1, 1, 5, 6] },
  ({ x, dy }) => convolutionFilterGradient(x, dy, [1, 1, 3, 3]),
  "Cannot apply convolutionFilterGradient as dy must be [1, 1, 6, 6]: current " +
    `values are x=[1, 1, 8, 8], dy=[1, 1, 5, 6], ${settings}1, ` +
    "filterShape=[1, 1, 3, 3]",
);
