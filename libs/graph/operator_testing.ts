/**
 * How the tests of the operators are written: numbers in, one value out.
 *
 * @module
 */
import { type DType, sizeOf } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { buildGraph } from "./graph.ts";
import { input } from "./leaves.ts";
import { evaluate } from "./reference.ts";
import type { Value } from "./value.ts";
import assert from "node:assert/strict";

/** Shape, numbers, and a type when it is not float32. */
export type OperandNumbers = readonly [
  shape: readonly number[],
  data: readonly number[],
  dtype?: DType,
];

/** Inputs of these shapes, by name. */
export const inputsOf = <K extends string>(
  operands: Readonly<Record<K, OperandNumbers | readonly number[]>>,
): Record<K, Value> => {
  const values: Record<string, Value> = {};
  for (
    const [name, entry] of Object.entries<OperandNumbers | readonly number[]>(
      operands,
    )
  ) {
    const [shape, dtype] = Array.isArray(entry[0])
      ? [entry[0], (entry as OperandNumbers)[2]]
      : [entry as readonly number[], undefined];
    values[name] = input(name, shape, dtype);
  }
  return values as Record<K, Value>;
};

/** Tests that an operator on these numbers gives the expected ones. */
export const operatorTest = <K extends string>(
  name: string,
  operands: Readonly<Record<K, OperandNumbers>>,
  build: (inputs: Record<K, Value>) => Value,
  [shape, expected, dtype = "float32"]: OperandNumbers,
): void =>
  effectTest(name, () =>
    Effect.gen(function* () {
      const value = build(inputsOf(operands));
      const numbers = Object.fromEntries(
        Object.entries<OperandNumbers>(operands).map(([key, [shape, data]]) => {
          assert.equal(data.length, sizeOf(shape), key);
          return [key, { shape, data: Float64Array.from(data) }];
        }),
      );
      const [result] = yield* evaluate([value], numbers);
      assert.deepEqual([...value.shape], [...shape]);
      assert.equal(value.dtype, dtype);
      assert.equal(result!.data.length, expected.length);
      expected.forEach((number, i) => {
        const off = Math.abs(result!.data[i]! - number);
        assert.ok(off < 1e-12, `${i}: ${result!.data[i]} is not ${number}`);
      });
    }));

/** Tests that an operator on these shapes fails with this message. */
export const refusalTest = <K extends string>(
  name: string,
  operands: Readonly<Record<K, OperandNumbers | readonly number[]>>,
  build: (inputs: Record<K, Value>) => unknown,
  message: string,
): void =>
  effectTest(name, () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(buildGraph(() => {
        build(inputsOf(operands));
        return { outputs: {} };
      }));
      assert.equal(error._tag, "ShapeError");
      assert.equal(error.message, message);
    }));
