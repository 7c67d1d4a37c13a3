import { floatTensor } from "@deepcluster/core";
import {
  averagePool,
  averagePoolGradient,
  buildGraph,
  input,
  maxPool,
  maxPoolGradient,
  reduceMax,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Backend } from "../backend.ts";
import { equalsReferenceTest, layerTested, type Maker } from "../testing.ts";
import assert from "node:assert/strict";

const randomPooling = ({ between }: Maker) => {
  const kernel = [between(1, 4), between(1, 4)] as const;
  const padding = kernel.map((size) => between(0, Math.floor(size / 2)));
  const shape = [
    between(1, 3),
    between(1, 3),
    ...kernel.map((size) => size + between(0, 6)),
  ];
  const geometry = {
    kernel,
    stride: [between(1, 5), between(1, 5)] as const,
    padding: [padding[0]!, padding[1]!] as const,
  };
  return { geometry, shape };
};

equalsReferenceTest(
  "max-pooling of any geometry, its first maxima and its gradient equal the " +
    "reference's",
  25,
  (maker) => {
    const { geometry, shape } = randomPooling(maker);
    const x = maker.floats("x", shape, Math.round);
    const y = maxPool(x, geometry);
    const dy = maker.floats("dy", y.shape);
    return {
      y,
      dx: maxPoolGradient(x, dy, geometry),
      again: maxPoolGradient(x, y, geometry),
    };
  },
);

equalsReferenceTest(
  "average-pooling of any geometry and its gradient equal the reference's",
  25,
  (maker) => {
    const { geometry, shape } = randomPooling(maker);
    const x = maker.floats("x", shape);
    const y = averagePool(x, geometry);
    const dy = maker.floats("dy", y.shape);
    return { y, dx: averagePoolGradient(dy, shape, geometry) };
  },
);

equalsReferenceTest(
  "average-pooling by tiles and its gradient equal the reference's",
  8,
  ({ between, floats }) => {
    const kernel = [between(1, 3), between(1, 3)] as const;
    const shape = [
      2,
      3,
      kernel[0] + between(0, 4),
      kernel[1] + between(0, 4),
    ];
    const y = averagePool(floats("x", shape), { kernel });
    const dy = floats("dy", y.shape);
    return { y, dx: averagePoolGradient(dy, shape, { kernel }) };
  },
);

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
