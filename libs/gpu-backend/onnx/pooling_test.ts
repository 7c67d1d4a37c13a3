import { floatTensor } from "@deepcluster/core";
import {
  buildGraph,
  input,
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
