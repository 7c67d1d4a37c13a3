/**
 * How fast an engine multiplies matrices.
 *
 * @module
 */
import { floatTensor, type Tensor } from "@deepcluster/core";
import { buildGraph, input, matmul, reduceMean } from "@deepcluster/graph";
import { Clock, Effect, type Scope } from "effect";
import { Backend } from "../backend.ts";
import { type BackendError, WrongProductError } from "../errors.ts";

/** Sides of the matrices; a GPU is busy with the largest only. */
const sides = [64, 256, 1024, 4096];
/** Products of one run. */
const products = 8;
/** A run of this time says how fast the engine is. */
const longEnoughSeconds = 0.02;
/** Time for repeating a run. */
const repeatSeconds = 0.2;

/**
 * Measures floating-point operations a second, as a training step knows them:
 * its inputs go to the engine, several products follow one another there, and
 * its loss comes back.
 *
 * Sizes grow until a run takes long enough; then the fastest of several is
 * taken, after one that is not counted. Takes about half a second, of an engine
 * below 1 GFLOP/s a few seconds.
 *
 * @returns Operations a second; or `WrongProductError` when a product is wrong,
 * or the error of the engine.
 */
export const measureFlops: Effect.Effect<
  number,
  BackendError | WrongProductError,
  Backend
> = Effect.gen(function* () {
  let flops = 0;
  for (const side of sides) {
    const seconds = yield* Effect.scoped(fastestRun(side));
    flops = products * 2 * side ** 3 / seconds;
    if (seconds >= longEnoughSeconds) break;
  }
  return flops;
});

/** Time of `x w w w …` and its mean, all `[side, side]`, in seconds. */
const fastestRun: (side: number) => Effect.Effect<
  number,
  BackendError | WrongProductError,
  Backend | Scope.Scope
> = Effect.fnUntraced(function* (side) {
  const backend = yield* Backend;
  const graph = yield* Effect.orDie(buildGraph(() => {
    const w = input("w", [side, side]);
    let x = input("x", [side, side]);
    for (let i = 0; i < products; i++) x = matmul(x, w);
    return { outputs: { mean: reduceMean(x) }, state: { w } };
  }));
  const { run } = yield* backend.compile(graph, {
    w: filled(side, 1 / side),
  });
  const x = filled(side, 1);
  const timed = Effect.gen(function* () {
    const begunNs = yield* Clock.currentTimeNanos;
    const { mean } = yield* run({ x });
    const seconds = Number((yield* Clock.currentTimeNanos) - begunNs) / 1e9;
    // Rows of ones stay rows of ones.
    if (Math.abs(mean!.data[0]! - 1) > 1e-3) {
      return yield* new WrongProductError({ value: mean!.data[0]! });
    }
    return seconds;
  });
  yield* timed; // compiles kernels, fills caches
  let fastest = Infinity;
  for (let spent = 0; spent < repeatSeconds;) {
    const seconds = yield* timed;
    fastest = Math.min(fastest, seconds);
    spent += seconds;
  }
  return fastest;
});

const filled = (side: number, value: number): Tensor =>
  floatTensor([side, side], new Float32Array(side * side).fill(value));

/**
 * Writes a rate as people read it.
 *
 * @param flops Floating-point operations a second.
 * @returns Such as `250 GFLOP/s` or `9.1 TFLOP/s`.
 */
export const flopsText = (flops: number): string => {
  const [value, unit] = flops < 1e12 ? [flops / 1e9, "G"] : [flops / 1e12, "T"];
  const digits = Number(value.toPrecision(2));
  return `${digits} ${unit}FLOP/s`;
};
