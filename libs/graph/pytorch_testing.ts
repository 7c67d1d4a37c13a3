/**
 * The fixture made by `fixtures/make_operators.py`.
 *
 * @module
 */
import {
  floatTensor,
  intTensor,
  type Shape,
  type Tensors,
} from "@deepcluster/core";
import { readFileSync } from "node:fs";
import { input } from "./leaves.ts";
import type { Value } from "./value.ts";

/** A tensor as JSON. */
export interface Stored {
  readonly shape: Shape;
  readonly data: readonly number[];
}
/** Tensors by name. */
export type StoredTensors = Readonly<Record<string, Stored>>;

/** What PyTorch computed. */
export const fixture = JSON.parse(
  readFileSync(new URL("fixtures/operators.json", import.meta.url), "utf8"),
) as {
  readonly operators: Readonly<
    Record<string, {
      readonly inputs: StoredTensors;
      readonly output: Stored;
      readonly gradients: StoredTensors;
    }>
  >;
  readonly training: {
    readonly before: StoredTensors;
    readonly steps: readonly {
      readonly inputs: StoredTensors;
      readonly loss: number;
    }[];
    readonly after: StoredTensors;
    readonly evaluated: Stored;
  };
};

/** Stored numbers as tensors, those called `integers` as int32. */
export const tensorsOf = (stored: StoredTensors, integers?: string): Tensors =>
  Object.fromEntries(
    Object.entries(stored).map(([name, { shape, data }]) => [
      name,
      name === integers
        ? intTensor(shape, Int32Array.from(data))
        : floatTensor(shape, Float32Array.from(data)),
    ]),
  );

/** Inputs of the shapes and types of tensors. */
export const valuesOf = (
  tensors: Tensors,
): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, dtype }]) => [
      name,
      input(name, shape, dtype),
    ]),
  );
