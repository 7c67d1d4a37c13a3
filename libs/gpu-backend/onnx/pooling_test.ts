import { draws, floatTensor } from "@deepcluster/core";
import {
  buildGraph,
  input,
  interpret,
  maxPool,
  maxPoolGradient,
  reduceMax,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Backend } from "../backend.ts";
import { layerTested } from "../testing.ts";
import assert from "node:assert/strict";

/** What the engine makes of four values in a row, by three operators. */
const maximaOf = Effect.fnUntraced(function* (row: readonly number[]) {
  const x = input("x", [1, 1, 1, row.length]);
  const y = maxPool(x, { kernel: [1, row.length] });
  const graphs = {
    alone: { y },
    withGradient: {
      y,
      dx: maxPoolGradient(x, y, { kernel: [1, row.length] }),
    },
    reduced: { y: reduceMax(x, { axes: [3] }) },
  };
  const backend = yield* Backend;
  return yield* Effect.forEach(
    Object.values(graphs),
    Effect.fnUntraced(function* (outputs) {
      const { run } = yield* backend.compile(
        yield* buildGraph(() => ({ outputs })),
        {},
      );
      const tensor = floatTensor(x.shape, Float32Array.from(row));
      return (yield* run({ x: tensor }))["y"]!.data[0]!;
    }),
  );
}, Effect.scoped);

effectTest(
  "one NaN among numbers is lost by every kernel of a maximum at some place",
  () =>
    Effect.gen(function* () {
      const found = yield* Effect.forEach([0, 1, 2, 3], (place) => {
        const row = [1, 2, 3, 4];
        row[place] = NaN;
        return maximaOf(row);
      });
      for (const kernel of [0, 1, 2]) {
        const maxima = found.map((kernels) => kernels[kernel]!);
        // Were this to fail, the engine's rule would have become PyTorch's.
        assert.ok(
          maxima.some((maximum) => !Number.isNaN(maximum)),
          `${maxima}`,
        );
      }
    }).pipe(Effect.provide(layerTested)),
);

effectTest(
  "windows that overlap are pooled in parts of a batch as image by image",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const backend = yield* Backend;
      const geometry = { kernel: 3, stride: 2 } as const;
      const each = 8 * 520 * 520;
      const run = (images: Float32Array) =>
        Effect.gen(function* () {
          const shape = [images.length / each, 8, 520, 520];
          const x = input("x", shape);
          const y = maxPool(x, geometry);
          const { run } = yield* backend.compile(
            yield* buildGraph(() => ({
              outputs: { y, dx: maxPoolGradient(x, y, geometry) },
            })),
            {},
          );
          const { y: maxima, dx } = yield* run({
            x: floatTensor(shape, images),
          });
          return [maxima!.data.slice(), dx!.data.slice()];
        });
      const { normal } = draws(1, "images");
      const images = Float32Array.from({ length: 4 * each }, normal);
      const together = yield* run(images);
      for (const i of [0, 3]) {
        const alone = yield* run(images.slice(i * each, (i + 1) * each));
        for (const [k, values] of alone.entries()) {
          const from = i * values.length;
          assert.deepEqual(
            together[k]!.slice(from, from + values.length),
            values,
          );
        }
      }
    })).pipe(Effect.provide(layerTested)),
);

effectTest(
  "a gradient goes to the first maximum of each window, by rows",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const backend = yield* Backend;
      const { integer } = draws(1, "ties");
      const geometry = { kernel: 3, stride: 2 } as const;
      for (const sizes of [[7, 9], [9, 3], [8, 9], [7, 10]]) {
        const x = input("x", [3, 16, ...sizes]);
        const y = maxPool(x, geometry);
        const dy = input("dy", y.shape);
        const graph = yield* buildGraph(() => ({
          outputs: { y, dx: maxPoolGradient(x, dy, geometry) },
        }));
        // So few values that most windows have their maximum several times.
        const tensors = Object.fromEntries(
          [x, dy].map(({ operator, shape }) => {
            const tensor = floatTensor(shape);
            for (const i of tensor.data.keys()) tensor.data[i] = integer(3) - 2;
            return [(operator as { name: string }).name, tensor];
          }),
        );
        const { run } = yield* backend.compile(graph, {});
        const { outputs } = yield* interpret(graph, tensors, {});
        assert.deepEqual({ ...yield* run(tensors) }, { ...outputs });
      }
    })).pipe(Effect.provide(layerTested)),
);
