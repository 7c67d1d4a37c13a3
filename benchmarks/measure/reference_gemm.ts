/**
 * The reference GEMM: a large square matrix product on the same engine and
 * threads, in the same process. A rate relative to it does not depend on how
 * fast the machine is at the moment.
 *
 * @module
 */
import { draws, floatTensor } from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import { buildGraph, input, matmul } from "@deepcluster/graph";
import { Effect } from "effect";
import { performance } from "node:perf_hooks";
import {
  type OpenWorkload,
  requireCorrect,
  type Workload,
} from "./workload.ts";

/** Rows and columns of the matrices; larger ones are no faster. */
const size = 2048;

/** The product of two matrices `[2048, 2048]`, the second one constant. */
export const referenceGemm: Workload = {
  name: `matrix product ${size}³`,
  operations: 2 * size ** 3,
  prepare: Effect.gen(function* () {
    const { uniform } = draws(0, "yardstick");
    const random = () =>
      floatTensor([size, size], new Float32Array(size ** 2).map(uniform));
    const [a, b] = [random(), random()];
    const graph = yield* buildGraph(() => {
      const left = input("a", [size, size]);
      const right = input("b", [size, size]);
      return { outputs: { product: matmul(left, right) }, state: { b: right } };
    });
    const program = yield* (yield* Backend).compile(graph, { b });
    const run = Effect.map(
      program.run({ a }),
      ({ product }) => product!.data.at(-1)!,
    );
    let expected = 0;
    for (let i = 0; i < size; i++) {
      expected += a.data[size * (size - 1) + i]! * b.data[size * i + size - 1]!;
    }
    const product = yield* run;
    yield* requireCorrect(
      Math.abs(product / expected - 1) < 1e-5,
      () => `product ${product}, expected ${expected}`,
    );
    return { run };
  }),
};

/**
 * Times one run.
 *
 * @param workload An opened workload.
 * @returns Seconds.
 */
export const secondsOf = async ({ run }: OpenWorkload): Promise<number> => {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1000;
};

/**
 * Returns the best rate of a few runs of the reference GEMM.
 *
 * @param workload The opened reference GEMM.
 * @param runs How often to run it.
 * @returns Operations per second.
 */
export const bestRate = async (
  workload: OpenWorkload,
  runs: number,
): Promise<number> => {
  let minSeconds = Infinity;
  for (let i = 0; i < runs; i++) {
    minSeconds = Math.min(minSeconds, await secondsOf(workload));
  }
  return referenceGemm.operations / minSeconds;
};
