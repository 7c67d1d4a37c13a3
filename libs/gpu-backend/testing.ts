/**
 * How executors are tested against the reference: the same graph on the same
 * numbers, run by both.
 *
 * @module
 */
import {
  type Draws,
  draws,
  floatTensor,
  intTensor,
  type Shape,
  sizeOf,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import { buildGraph, type Graph, input, type Value } from "@deepcluster/graph";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect, type Layer } from "effect";
import { Backend } from "./backend.ts";
import { layerOnnx } from "./onnx/executor.ts";
import { layerReference } from "./reference.ts";
import assert from "node:assert/strict";

/** ONNX Runtime, as its own tests use it. */
export const layerTested = layerOnnx({ provider: "cpu", threads: 2 });

/** What a case is made with: inputs that come with random numbers. */
export interface Maker {
  /** Random numbers of this case. */
  readonly random: Draws;
  /** An integer from `low` to `high`, both included. */
  readonly between: (low: number, high: number) => number;
  /** An input of normal numbers, or of what `map` makes of them. */
  readonly floats: (
    name: string,
    shape: Shape,
    map?: (normal: number) => number,
  ) => Value;
  /** An input of integers from `low` to `high`. */
  readonly integers: (
    name: string,
    shape: Shape,
    low: number,
    high: number,
  ) => Value;
}

/** Graphs of some operators, on which every executor must agree. */
export interface OperatorCase {
  /** What must hold, as the name of a test; it names the random numbers too. */
  readonly name: string;
  /** Number of graphs. */
  readonly seeds: number;
  /** Outputs of one graph, by name. */
  readonly make: (maker: Maker) => Readonly<Record<string, Value>>;
}

/** Makes an {@link OperatorCase}. */
export const operatorCase = (
  name: string,
  seeds: number,
  make: OperatorCase["make"],
): OperatorCase => ({ name, seeds, make });

/** The graph of a case with one seed, and what to feed it. */
export const graphOfCase = Effect.fnUntraced(function* (
  { name, make }: OperatorCase,
  seed: number,
) {
  const inputs: Record<string, Tensor> = {};
  const outputs = make(makerOf(name, seed, inputs));
  const graph = yield* buildGraph(() => ({ outputs }));
  return { graph, inputs };
});

/** Tests that an executor gives the reference's values on every seed. */
export const operatorTest = (
  engine: string,
  layer: Layer.Layer<Backend, unknown>,
  tolerance: number,
  operators: OperatorCase,
): void =>
  effectTest(`${engine}: ${operators.name}`, () =>
    Effect.gen(function* () {
      for (let seed = 0; seed < operators.seeds; seed++) {
        const { graph, inputs } = yield* graphOfCase(operators, seed);
        yield* compare(graph, inputs, tolerance, `seed ${seed}`);
      }
    }).pipe(Effect.provide(layer)));

/** Runs a graph once in both executors and compares all of its outputs. */
const compare = Effect.fnUntraced(
  function* (graph: Graph, inputs: Tensors, tolerance: number, what: string) {
    const expected = yield* runOnce(graph, inputs).pipe(
      Effect.provide(layerReference),
    );
    const actual = yield* runOnce(graph, inputs);
    for (const [name, { shape, dtype, data }] of Object.entries(expected)) {
      assert.deepEqual(actual[name]!.shape, shape, `${what}, ${name}`);
      assert.equal(actual[name]!.dtype, dtype, `${what}, ${name}`);
      const title = `${what}, ${name} [${shape.join(", ")}]`;
      assertClose(actual[name]!.data, data, tolerance, title);
    }
  },
  Effect.scoped,
);

const runOnce = Effect.fnUntraced(function* (graph: Graph, inputs: Tensors) {
  const backend = yield* Backend;
  const { run } = yield* backend.compile(graph, {});
  return yield* run(inputs);
});

/** A tensor of normal numbers. */
export const normals = (random: Draws, shape: Shape): Tensor =>
  floatTensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, random.normal),
  );

const makerOf = (
  name: string,
  seed: number,
  tensors: Record<string, Tensor>,
): Maker => {
  const random = draws(seed, name);
  const keep = (name: string, tensor: Tensor): Value => {
    tensors[name] = tensor;
    return input(name, tensor.shape, tensor.dtype);
  };
  return {
    random,
    between: (low, high) => low + random.integer(high - low + 1),
    floats: (name, shape, map = (x) => x) =>
      keep(
        name,
        floatTensor(
          shape,
          Float32Array.from(
            { length: sizeOf(shape) },
            () => map(random.normal()),
          ),
        ),
      ),
    integers: (name, shape, low, high) =>
      keep(
        name,
        intTensor(
          shape,
          Int32Array.from(
            { length: sizeOf(shape) },
            () => low + random.integer(high - low + 1),
          ),
        ),
      ),
  };
};
