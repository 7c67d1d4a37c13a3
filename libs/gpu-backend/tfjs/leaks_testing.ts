/**
 * That runs leave no tensor behind.
 *
 * @module
 */
import { floatTensor } from "@deepcluster/core";
import {
  buildGraph,
  convolution,
  gradients,
  input,
  maxPool,
  multiply,
  reduceMean,
  relu,
  subtract,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect, type Layer } from "effect";
import { Backend } from "../backend.ts";
import assert from "node:assert/strict";

/**
 * Tests that steps of training leave as many tensors as one, and a scope none.
 *
 * @param engine Begins the name of the test.
 * @param layer The executor.
 * @param counter Gives what counts the tensors that there are.
 */
export const leakTest = (
  engine: string,
  layer: Layer.Layer<Backend, unknown>,
  counter: Effect.Effect<() => number, unknown>,
): void =>
  effectTest(
    `${engine}: 100 steps leave as many tensors as one, and the scope none`,
    () =>
      Effect.gen(function* () {
        const backend = yield* Backend;
        const alive = yield* counter;
        const before = alive();
        yield* Effect.scoped(Effect.gen(function* () {
          const { run, read, write } = yield* trained(backend);
          const images = floatTensor([2, 1, 6, 6]);
          yield* run({ images });
          const once = alive();
          for (let step = 0; step < 100; step++) yield* run({ images });
          yield* write(yield* read);
          // TensorFlow takes what is written when it is first used.
          yield* run({ images });
          assert.equal(alive(), once);
        }));
        assert.equal(alive(), before);
      }).pipe(Effect.provide(layer)),
  );

/** A step of a network with every kind of layer that leaves layouts behind. */
const trained = Effect.fnUntraced(function* (backend: Backend["Service"]) {
  const images = input("images", [2, 1, 6, 6]);
  const filter = input("filter", [3, 1, 3, 3]);
  const pooled = maxPool(
    relu(convolution(images, filter, { padding: 1 })),
    { kernel: 2, stride: 2 },
  );
  const loss = reduceMean(multiply(pooled, pooled));
  const graph = yield* buildGraph(() => {
    const [gradient] = gradients(loss, [filter]);
    return {
      outputs: { loss, pooled },
      state: {
        filter: { current: filter, next: subtract(filter, gradient!) },
      },
    };
  });
  return yield* backend.compile(graph, { filter: floatTensor([3, 1, 3, 3]) });
});
