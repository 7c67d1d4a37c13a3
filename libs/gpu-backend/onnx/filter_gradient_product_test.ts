import { draws } from "@deepcluster/core";
import {
  buildGraph,
  convolutionFilterGradient,
  type ConvolutionOptions,
  input,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Backend } from "../backend.ts";
import { layerReference } from "../reference.ts";
import { normals } from "../testing.ts";
import { layerOnnx } from "./executor.ts";
import { lower } from "@deepcluster/onnx-lowering";
import assert from "node:assert/strict";

interface Shapes {
  readonly x: readonly number[];
  readonly dy: readonly number[];
  readonly filter: readonly number[];
  readonly options: ConvolutionOptions;
}

const graphOf = ({ x, dy, filter, options }: Shapes) =>
  buildGraph(() => ({
    outputs: {
      df: convolutionFilterGradient(
        input("x", x),
        input("dy", dy),
        filter,
        options,
      ),
    },
  }));

/** Two layers of the small network, and one that steps by two. */
const layers: readonly Shapes[] = [
  {
    x: [8, 2, 32, 32],
    dy: [8, 24, 32, 32],
    filter: [24, 2, 3, 3],
    options: { padding: 1 },
  },
  {
    x: [4, 24, 16, 16],
    dy: [4, 48, 16, 16],
    filter: [48, 24, 3, 3],
    options: { padding: 1 },
  },
  {
    x: [6, 5, 21, 20],
    dy: [6, 50, 11, 10],
    filter: [50, 5, 3, 3],
    options: { padding: 1, stride: 2 },
  },
];

effectTest(
  "a filter gradient has the same bytes on one and on two threads, and those " +
    "of its double-precision sums but for rounding",
  () =>
    Effect.gen(function* () {
      for (const shapes of layers) {
        const graph = yield* graphOf(shapes);
        const random = draws(1, "filter gradient");
        const inputs = {
          x: normals(random, shapes.x),
          dy: normals(random, shapes.dy),
        };
        const run = Effect.gen(function* () {
          const program = yield* (yield* Backend).compile(graph, {});
          return (yield* program.run(inputs))["df"]!.data.slice();
        }).pipe(Effect.scoped);
        const [one, two] = yield* Effect.forEach(
          [1, 2],
          (threads) =>
            Effect.provide(run, layerOnnx({ provider: "cpu", threads })),
        );
        assert.deepEqual(one, two);
        const exact = yield* Effect.provide(run, layerReference);
        const squares = (values: ArrayLike<number>) =>
          Array.from(values).reduce((sum, value) => sum + value * value, 0);
        const error = squares(one!.map((value, i) => value - exact[i]!));
        assert.ok(error < (5e-7) ** 2 * squares(exact), `${error}`);
      }
    }),
);

effectTest(
  "a filter gradient is one product where what its taps see takes at most " +
    "32 MiB, and is without groups",
  () =>
    Effect.gen(function* () {
      const products = Effect.fnUntraced(function* (n: number, groups = 1) {
        const graph = yield* graphOf({
          x: [n, 16, 8, 8],
          dy: [n, 16, 8, 8],
          filter: [16, 16 / groups, 3, 3],
          options: { padding: 1, groups },
        });
        return lower(graph, {}).model.nodes
          .filter(({ operator }) => operator === "Gemm").length;
      });
      assert.equal(yield* products(910), 1);
      assert.equal(yield* products(911), 9);
      assert.equal(yield* products(2, 2), 0);
    }),
);
