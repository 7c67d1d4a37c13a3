/**
 * Conformance of every executor: operators that compute element by element.
 *
 * @module
 */
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
import { type OperatorCase, operatorCase } from "../testing.ts";

/** Cases of operators that compute element by element. */
export const elementwiseCases: readonly OperatorCase[] = [
  operatorCase(
    "arithmetic broadcasts as the reference's",
    12,
    ({ between, floats }) => {
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
        sum: add(a, b),
        difference: subtract(full, b),
        product: multiply(a, full),
        quotient: divide(a, away),
        shifted: subtract(1, a),
        spread: add(
          broadcast(a, shape),
          broadcast(b, shape),
        ),
        spreadConstant: multiply(constant(-2.5, shape), a),
        constants: add(constant(2, [3]), 1),
      };
    },
  ),

  operatorCase(
    "functions of one value equal the reference's",
    3,
    ({ floats, integers }) => {
      const x = floats("x", [3, 7], (x) => 3 * x);
      const positive = floats("positive", [3, 7], (x) => x * x + 1e-3);
      return {
        negate: negate(x),
        exp: exp(x),
        log: log(positive),
        sqrt: sqrt(positive),
        relu: relu(x),
        sigmoid: sigmoid(x),
        toFloat: toFloat(integers("i", [5], -9, 9)),
        scalar: exp(floats("scalar", [])),
      };
    },
  ),

  operatorCase(
    "reluGradient is 0 at 0 whether or not the graph has relu(x)",
    3,
    ({ floats }) => {
      const x = floats("x", [4, 9], (x) => Math.abs(x) < 0.3 ? 0 : x);
      const other = floats("other", [4, 9], Math.round);
      const dy = floats("dy", [4, 9]);
      return {
        gradient: reluGradient(x, dy),
        y: relu(x),
        alone: reluGradient(other, dy),
      };
    },
  ),

  operatorCase(
    "sums fused into matrix products equal the reference's",
    6,
    ({ between, floats }) => {
      const [m, k, n] = [between(1, 5), between(1, 5), between(1, 5)];
      const x = floats("x", [m, k]);
      const weight = floats("weight", [n, k]);
      const product = () => matmul(x, weight, { transposeB: true });
      const full = floats("full", [m, n]);
      const shared = product();
      return {
        bias: linear(x, weight, floats("bias", [n])),
        row: add(floats("row", [1, n]), product()),
        column: add(product(), floats("column", [m, 1])),
        number: add(product(), 3),
        spread: add(
          product(),
          broadcast(floats("one", [1]), [m, n]),
        ),
        full: add(product(), full),
        scaled: add(multiply(full, 0.25), product()),
        scaledLeft: add(product(), multiply(-2, full)),
        scaledBias: add(
          product(),
          multiply(floats("scaledRow", [n]), 3),
        ),
        larger: add(product(), floats("images", [2, m, n])),
        twice: add(product(), product()),
        sharedSum: add(shared, full),
        shared,
      };
    },
  ),

  operatorCase(
    "sums fused into convolutions equal the reference's",
    4,
    ({ between, floats }) => {
      const channels = between(1, 3);
      const x = floats("x", [2, 2, 4, 3]);
      const filter = floats("filter", [channels, 2, 2, 2]);
      const images = () => convolution(x, filter);
      const vector = floats("vector", [channels]);
      const shared = images();
      return {
        bias: addBias(images(), vector),
        threeAxes: add(
          reshape(vector, [channels, 1, 1]),
          images(),
        ),
        spread: add(
          images(),
          broadcast(
            reshape(vector, [1, channels, 1, 1]),
            [2, channels, 3, 2],
          ),
        ),
        number: add(images(), -0.5),
        columns: add(images(), floats("columns", [2])),
        perImage: add(
          images(),
          floats("perImage", [2, channels, 1, 1]),
        ),
        sharedSum: addBias(shared, vector),
        shared,
      };
    },
  ),
];
