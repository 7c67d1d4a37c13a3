import { operatorTest, refusalTest } from "./operator_testing.ts";
import {
  averagePool,
  averagePoolGradient,
  maxPool,
  maxPoolGradient,
} from "./pooling.ts";

const image = [[1, 1, 3, 3], [1, 5, 5, 2, 0, 3, -1, -2, -3]] as const;
const negative = [[1, 1, 2, 2], [-1, -2, -3, -4]] as const;
const overlapping = { kernel: 2, stride: 1 };
const padded = { kernel: 2, padding: 1 };

operatorTest(
  "maxPool() takes the maximum of overlapping windows",
  { x: image },
  ({ x }) => maxPool(x, overlapping),
  [[1, 1, 2, 2], [5, 5, 2, 3]],
);
operatorTest(
  "maxPool() never takes the padding, and steps by the kernel by default",
  { x: negative },
  ({ x }) => maxPool(x, padded),
  negative,
);
operatorTest(
  "maxPool() drops what does not fill a window",
  { x: image },
  ({ x }) => maxPool(x, { kernel: [1, 2] }),
  [[1, 1, 3, 1], [5, 2, -1]],
);
operatorTest(
  "maxPoolGradient() gives a window's dy to the first of equal maxima",
  { x: image, dy: [[1, 1, 2, 2], [1, 2, 3, 4]] },
  ({ x, dy }) => maxPoolGradient(x, dy, overlapping),
  [[1, 1, 3, 3], [0, 3, 0, 3, 0, 4, 0, 0, 0]],
);
operatorTest(
  "averagePool() counts the zeros of the padding",
  { x: negative },
  ({ x }) => averagePool(x, padded),
  [[1, 1, 2, 2], [-0.25, -0.5, -0.75, -1]],
);
operatorTest(
  "averagePool() averages overlapping windows",
  { x: image },
  ({ x }) => averagePool(x, overlapping),
  [[1, 1, 2, 2], [2, 3.25, -0.25, -0.5]],
);
operatorTest(
  "averagePoolGradient() spreads dy evenly over overlapping windows",
  { dy: [[1, 1, 1, 2], [4, 8]] },
  ({ dy }) => averagePoolGradient(dy, [1, 1, 2, 3], overlapping),
  [[1, 1, 2, 3], [1, 3, 2, 1, 3, 2]],
);
operatorTest(
  "averagePoolGradient() loses what falls on the padding",
  { dy: [[1, 1, 2, 2], [4, 8, 12, 16]] },
  ({ dy }) => averagePoolGradient(dy, [1, 1, 2, 2], padded),
  [[1, 1, 2, 2], [1, 2, 3, 4]],
);

refusalTest(
  "maxPool() refuses padding above half the kernel",
  { x: [1, 1, 4, 4] },
  ({ x }) => maxPool(x, { kernel: 3, stride: 2, padding: [1, 2] }),
  "Cannot apply maxPool as padding must be integers from 0 to half the " +
    "kernel: current values are x=[1, 1, 4, 4], kernel=[3, 3], " +
    "stride=[2, 2], padding=[1, 2]",
);
refusalTest(
  "averagePool() refuses a window larger than the image",
  { x: [1, 1, 2, 4] },
  ({ x }) => averagePool(x, { kernel: 3 }),
  "Cannot apply averagePool as the window must fit into the padded image: " +
    "current values are x=[1, 1, 2, 4], kernel=[3, 3], stride=[3, 3], " +
    "padding=[0, 0]",
);
refusalTest(
  "maxPoolGradient() says which dy belongs to x",
  { x: [1, 1, 4, 4], dy: [1, 1, 4, 4] },
  ({ x, dy }) => maxPoolGradient(x, dy, { kernel: 2 }),
  "Cannot apply maxPoolGradient as dy must be [1, 1, 2, 2]: current values " +
    "are x=[1, 1, 4, 4], dy=[1, 1, 4, 4], kernel=[2, 2], stride=[2, 2], " +
    "padding=[0, 0]",
);
