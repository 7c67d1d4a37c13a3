import type { Shape } from "@deepcluster/core";
import {
  add,
  addBias,
  broadcast,
  constant,
  convolution,
  divide,
  exp,
  linear,
  log,
  matmul,
  multiply,
  negate,
  relu,
  reluGradient,
  reshape,
  sigmoid,
  sqrt,
  subtract,
  toFloat,
} from "@deepcluster/graph";
import { Effect } from "effect";
import { equalsReferenceTest } from "../testing.ts";

equalsReferenceTest(
  "arithmetic broadcasts as the reference's",
  12,
  ({ between, floats }) =>
    Effect.gen(function* () {
      const shape: Shape = Array.from(
        { length: between(0, 4) },
        () => between(1, 4),
      );
      const shrunk = () => {
        const from = between(0, shape.length);
        return shape.slice(from).map((size) => between(0, 1) === 0 ? 1 : size);
      };
      const [a, b] = [floats("a", shrunk()), floats("b", shrunk())];
      const full = floats("full", shape);
      const away = floats("away", shrunk(), (x) => x + Math.sign(x));
      return {
        sum: yield* add(a, b),
        difference: yield* subtract(full, b),
        product: yield* multiply(a, full),
        quotient: yield* divide(a, away),
        shifted: yield* subtract(1, a),
        spread: yield* add(
          yield* broadcast(a, shape),
          yield* broadcast(b, shape),
        ),
        spreadConstant: yield* multiply(yield* constant(-2.5, shape), a),
        constants: yield* add(yield* constant(2, [3]), 1),
      };
    }),
);

equalsReferenceTest(
  "functions of one value equal the reference's",
  3,
  ({ floats, integers }) =>
    Effect.gen(function* () {
      const x = floats("x", [3, 7], (x) => 3 * x);
      const positive = floats("positive", [3, 7], (x) => x * x + 1e-3);
      return {
        negate: yield* negate(x),
        exp: yield* exp(x),
        log: yield* log(positive),
        sqrt: yield* sqrt(positive),
        relu: yield* relu(x),
        sigmoid: yield* sigmoid(x),
        toFloat: yield* toFloat(integers("i", [5], -9, 9)),
        scalar: yield* exp(floats("scalar", [])),
      };
    }),
);

equalsReferenceTest(
  "reluGradient is 0 at 0 whether or not the graph has relu(x)",
  3,
  ({ floats }) =>
    Effect.gen(function* () {
      const x = floats("x", [4, 9], (x) => Math.abs(x) < 0.3 ? 0 : x);
      const other = floats("other", [4, 9], Math.round);
      const dy = floats("dy", [4, 9]);
      return {
        gradient: yield* reluGradient(x, dy),
        y: yield* relu(x),
        alone: yield* reluGradient(other, dy),
      };
    }),
);

equalsReferenceTest(
  "sums fused into matrix products equal the reference's",
  6,
  ({ between, floats }) =>
    Effect.gen(function* () {
      const [m, k, n] = [between(1, 5), between(1, 5), between(1, 5)];
      const x = floats("x", [m, k]);
      const weight = floats("weight", [n, k]);
      const product = () => matmul(x, weight, { transposeB: true });
      const full = floats("full", [m, n]);
      const shared = yield* product();
      return {
        bias: yield* linear(x, weight, floats("bias", [n])),
        row: yield* add(floats("row", [1, n]), yield* product()),
        column: yield* add(yield* product(), floats("column", [m, 1])),
        number: yield* add(yield* product(), 3),
        spread: yield* add(
          yield* product(),
          yield* broadcast(floats("one", [1]), [m, n]),
        ),
        full: yield* add(yield* product(), full),
        scaled: yield* add(yield* multiply(full, 0.25), yield* product()),
        scaledLeft: yield* add(yield* product(), yield* multiply(-2, full)),
        scaledBias: yield* add(
          yield* product(),
          yield* multiply(floats("scaledRow", [n]), 3),
        ),
        larger: yield* add(yield* product(), floats("images", [2, m, n])),
        twice: yield* add(yield* product(), yield* product()),
        sharedSum: yield* add(shared, full),
        shared,
      };
    }),
);

equalsReferenceTest(
  "sums fused into convolutions equal the reference's",
  4,
  ({ between, floats }) =>
    Effect.gen(function* () {
      const channels = between(1, 3);
      const x = floats("x", [2, 2, 4, 3]);
      const filter = floats("filter", [channels, 2, 2, 2]);
      const images = () => convolution(x, filter);
      const vector = floats("vector", [channels]);
      const shared = yield* images();
      return {
        bias: yield* addBias(yield* images(), vector),
        threeAxes: yield* add(
          yield* reshape(vector, [channels, 1, 1]),
          yield* images(),
        ),
        spread: yield* add(
          yield* images(),
          yield* broadcast(
            yield* reshape(vector, [1, channels, 1, 1]),
            [2, channels, 3, 2],
          ),
        ),
        number: yield* add(yield* images(), -0.5),
        columns: yield* add(yield* images(), floats("columns", [2])),
        perImage: yield* add(
          yield* images(),
          floats("perImage", [2, channels, 1, 1]),
        ),
        sharedSum: yield* addBias(shared, vector),
        shared,
      };
    }),
);
