/**
 * How coarsely an engine rounds the factors of a product of matrices.
 *
 * Libraries for GPUs may multiply 32-bit floats on units that hold fewer bits:
 * TensorFlow and ONNX Runtime's CUDA provider use TF32, with 10 bits of
 * fraction, unless they are told not to.
 *
 * @module
 */
import { floatTensor } from "@deepcluster/core";
import { buildGraph, input, matmul } from "@deepcluster/graph";
import { Effect } from "effect";
import { Backend } from "./backend.ts";
import type { BackendError } from "./errors.ts";

/** Large enough for the fast kernels of every library. */
const side = 256;
/** Sums of `side` factors `1 + 2^-bits` are exact up to this many bits. */
const maxBits = 16;

/**
 * Measures by how much, relative to a factor, products round the factors.
 *
 * Multiplies by 1 what needs 1 to 16 bits of fraction, and looks at which bits
 * come back. Engines without a device's own memory are taken to multiply
 * 32-bit floats as they are.
 *
 * @returns 0 where factors stay as they are; at most `2^-bits` of a factor is
 * lost where `bits` of its fraction are kept, as 2^-10 with TF32. Or
 * `BackendError`.
 */
export const measureFactorRounding: Effect.Effect<
  number,
  BackendError,
  Backend
> = Effect.fn("measureFactorRounding")(function* () {
  const backend = yield* Backend;
  if (!backend.info.capabilities.deviceMemory) return 0;
  const shape = [side, side];
  const graph = yield* Effect.orDie(buildGraph(() => ({
    outputs: { sums: matmul(input("factors", shape), input("ones", shape)) },
  })));
  const program = yield* backend.compile(graph, {});
  const fraction = (row: number) => 2 ** -(1 + row % maxBits);
  const { sums } = yield* program.run({
    factors: floatTensor(
      shape,
      new Float32Array(side * side)
        .map((_, at) => 1 + fraction(Math.floor(at / side))),
    ),
    ones: floatTensor(shape, new Float32Array(side * side).fill(1)),
  });
  for (let row = 0; row < maxBits; row++) {
    const isExact = sums!.data[row * side]! === side * (1 + fraction(row));
    if (!isExact) return 2 * fraction(row);
  }
  return 0;
}, Effect.scoped)();

/**
 * Bounds the error of a dot product of 32-bit floats, summed in any order.
 *
 * @param d Number of terms.
 * @param factorRounding Of {@link measureFactorRounding}. Where factors are
 * rounded, sums are taken to be four times as coarse.
 * @returns The error, as a fraction of the product of both norms.
 */
export const dotProductError = (d: number, factorRounding: number): number =>
  factorRounding === 0
    ? (d + 16) * 2 ** -24
    : 4 * (d + 16) * 2 ** -24 + 2 * factorRounding + factorRounding ** 2;
