/**
 * The yardstick: the best rate of a large square matrix product on the same
 * engine and threads, in the same process. Rates as shares of it survive a
 * machine that is slow today.
 *
 * @module
 */
import { draws, floatTensor } from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import { graphOf, input, matmul } from "@deepcluster/graph";
import { Effect } from "effect";
import { performance } from "node:perf_hooks";
import { type OpenWork, requireRight, type Work } from "./work.ts";

/** Side of the matrices: larger ones are no faster. */
const side = 2048;

/** The product of two matrices `[2048, 2048]`, one of them constant. */
export const yardstick: Work = {
  name: `matrix product ${side}³`,
  operations: 2 * side ** 3,
  open: Effect.gen(function* () {
    const { uniform } = draws(0, "yardstick");
    const random = () =>
      floatTensor([side, side], new Float32Array(side ** 2).map(uniform));
    const [a, b] = [random(), random()];
    const left = yield* input("a", [side, side]);
    const right = yield* input("b", [side, side]);
    const graph = yield* graphOf(
      { product: yield* matmul(left, right) },
      { b: { current: right } },
    );
    const program = yield* (yield* Backend).compile(graph, { b });
    const run = Effect.map(
      program.run({ a }),
      ({ product }) => product!.data.at(-1)!,
    );
    let expected = 0;
    for (let i = 0; i < side; i++) {
      expected += a.data[side * (side - 1) + i]! * b.data[side * i + side - 1]!;
    }
    const found = yield* run;
    yield* requireRight(
      Math.abs(found / expected - 1) < 1e-5,
      () => `product ${found}, expected ${expected}`,
    );
    return { run };
  }),
};

/**
 * Times one run.
 *
 * @param work Ready work.
 * @returns Seconds.
 */
export const secondsOf = async ({ run }: OpenWork): Promise<number> => {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1000;
};

/**
 * The best rate of a few runs.
 *
 * @param ready The yardstick, ready.
 * @param times How often to run it.
 * @returns Operations a second.
 */
export const bestRate = async (
  ready: OpenWork,
  times: number,
): Promise<number> => {
  let least = Infinity;
  for (let i = 0; i < times; i++) {
    least = Math.min(least, await secondsOf(ready));
  }
  return yardstick.operations / least;
};
