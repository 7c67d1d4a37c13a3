import { draws, type Matrix, matrix, row } from "@deepcluster/core";
import { Backend, layerOnnx } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { withCapabilities } from "@deepcluster/test/engines";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { Assigner } from "./assigner.ts";
import {
  initialState,
  kmeans,
  type KMeansState,
  lloydSteps,
} from "../kmeans/kmeans.ts";
import { asOnGpu, normalPoints, pointsBy } from "../testing.ts";

const onnx = (threads: number) =>
  Layer.orDie(layerOnnx({ provider: "cpu", threads }));

const accelerated = Assigner.layerBackend.pipe(Layer.provide(onnx(2)));

/** What the assignments are computed by: on processors, and as on a GPU. */
const assigners = {
  layerBackend: accelerated,
  "layerBackend with codes of 7 bits": Assigner.layerBackend.pipe(
    Layer.provide(withCapabilities(onnx(1), { byteProducts: 7 })),
  ),
  "layerBackend as on a GPU": Assigner.layerBackend.pipe(
    Layer.provide(asOnGpu(onnx(2))),
  ),
};

const assign = Effect.fnUntraced(
  function* (points: Matrix, centroids: Matrix) {
    return yield* (yield* Assigner).assign(points, centroids);
  },
);

const exactly = (points: Matrix, centroids: Matrix) =>
  assign(points, centroids).pipe(Effect.provide(Assigner.layerReference));

/** Groups of points around some of them, each row of length 1. */
const clustered = (name: string, n: number, d: number, groups: number) => {
  const noise = normalPoints(name, n, d);
  const points = matrix(n, d);
  for (let i = 0; i < n; i++) {
    const point = row(noise, i).map((x, j) =>
      0.3 * x + row(noise, i % groups)[j]!
    );
    const length = Math.hypot(...point);
    row(points, i).set(point.map((x) => x / length));
  }
  return points;
};

const mapped = ({ rows, columns, data }: Matrix, f: (x: number) => number) =>
  matrix(rows, columns, data.map(f));

const firstRows = ({ columns, data }: Matrix, k: number) =>
  matrix(k, columns, data.slice(0, k * columns));

/** What makes bounds fail, if anything does. */
const nasty: Readonly<Record<string, () => readonly [Matrix, Matrix]>> = {
  "normal points": () => [
    normalPoints("a", 700, 33),
    normalPoints("b", 90, 33),
  ],
  "points of length 1": () => {
    const points = clustered("unit", 900, 64, 900);
    return [points, firstRows(points, 120)];
  },
  "clustered points": () => {
    const points = clustered("groups", 900, 48, 30);
    return [points, firstRows(points, 60)];
  },
  "a grid full of ties": () => [
    pointsBy(625, 2, (i, j) => j ? i % 25 : Math.floor(i / 25)),
    pointsBy(72, 2, (i, j) => 4 * (j ? i % 6 : (i % 36) / 6 | 0)),
  ],
  "all points equal": () => [
    pointsBy(300, 5, () => 0.1),
    pointsBy(20, 5, (i) => i % 3),
  ],
  "copies a 1024th apart": () => {
    const points = clustered("copies", 500, 40, 5);
    return [
      points,
      pointsBy(
        80,
        40,
        (i, j) =>
          row(points, i % 5)[j]! * (1 + (j % 2 ? 1 : -1) * (i / 5 | 0) / 1024),
      ),
    ];
  },
  "copies one bit apart": () => {
    const points = clustered("bits", 400, 30, 4);
    const bits = new Int32Array(firstRows(points, 40).data.buffer);
    return [
      points,
      matrix(40, 30, new Float32Array(bits.map((x) => x ^ 1).buffer)),
    ];
  },
  "points far from the origin": () => [
    mapped(normalPoints("far", 300, 8), (x) => x + 1000),
    mapped(normalPoints("far too", 40, 8), (x) => x + 1000),
  ],
  "tiny points": () => [
    mapped(normalPoints("tiny", 300, 8), (x) => x * 1e-38),
    mapped(normalPoints("tiny too", 40, 8), (x) => x * 1e-38),
  ],
  "the largest floats": () => [
    mapped(normalPoints("huge", 300, 8), (x) => 3e38 * Math.sin(x)),
    mapped(normalPoints("huge too", 40, 8), (x) => 3e38 * Math.sin(x)),
  ],
  "one feature that drowns the others": () => [
    pointsBy(400, 9, (i, j) => j ? Math.sin(i * j) : 1000 * Math.cos(i)),
    pointsBy(50, 9, (i, j) => j ? Math.cos(i * j) : 1000 * Math.sin(i)),
  ],
  "lengths from 1 to 10 000": () => [
    pointsBy(400, 12, (i, j) => 10 ** (i % 5) * Math.sin(i + j * j)),
    pointsBy(50, 12, (i, j) => 10 ** (i % 5) * Math.cos(i + j * j)),
  ],
  "a single centroid": () => [
    normalPoints("one", 40, 3),
    normalPoints("one too", 1, 3),
  ],
  "more features than fit into exact sums": () => [
    normalPoints("wide", 40, 1200),
    normalPoints("wide too", 70, 1200),
  ],
};

for (const [layer, assigner] of Object.entries(assigners)) {
  for (const [name, make] of Object.entries(nasty)) {
    effectTest(
      `${layer} equals layerReference bit by bit: ${name}`,
      () =>
        Effect.gen(function* () {
          const [points, centroids] = make();
          const actual = yield* assign(points, centroids);
          assert.deepEqual(actual, yield* exactly(points, centroids));
        }).pipe(Effect.provide(assigner)),
    );

    effectTest(
      `a remembered assignment changes nothing, ${layer}: ${name}`,
      () =>
        Effect.gen(function* () {
          const [points, centroids] = make();
          const { normal, integer } = draws(0, `moves of ${name}`);
          const again = yield* (yield* Assigner).prepare(points);
          const { rows: k, columns: d, data } = centroids;
          const moved = matrix(k, d, data.slice());
          for (const fraction of [0, 1, 0, 1e-3, 1e-3, 1e-6, 0.1]) {
            for (let c = 0; c < k; c++) {
              if (fraction < 1 && integer(3) === 0) continue;
              const target = row(points, integer(points.rows));
              const part = fraction * Math.abs(normal()) / 3;
              row(moved, c).forEach((x, j, centroid) => {
                centroid[j] = x + part * (target[j]! / 2 - x / 2);
              });
            }
            const actual = yield* again(moved);
            assert.deepEqual(
              actual,
              yield* exactly(points, moved),
              `${fraction}`,
            );
          }
          const fewer = firstRows(moved, Math.ceil(k / 2));
          assert.deepEqual(
            yield* again(fewer),
            yield* exactly(points, fewer),
            "fewer centroids",
          );
        }).pipe(Effect.provide(assigner)),
    );
  }
}

/** Enough centroids for a partial search with the active ones. */
const many: Readonly<Record<string, () => readonly [Matrix, Matrix]>> = {
  "normal points": () => [
    normalPoints("many", 700, 33),
    normalPoints("many too", 300, 33),
  ],
  "points of length 1": () => {
    const points = clustered("many units", 900, 64, 900);
    return [points, firstRows(points, 600)];
  },
  "a grid full of ties, all centroids twice": () => [
    pointsBy(625, 2, (i, j) => j ? i % 25 : Math.floor(i / 25)),
    pointsBy(288, 2, (i, j) => 2 * (j ? i % 12 : (i % 144) / 12 | 0)),
  ],
  "the largest floats": () => [
    mapped(normalPoints("many huge", 300, 8), (x) => 3e38 * Math.sin(x)),
    mapped(normalPoints("many huge too", 200, 8), (x) => 3e38 * Math.sin(x)),
  ],
};

for (const [layer, assigner] of Object.entries(assigners)) {
  for (const [name, make] of Object.entries(many)) {
    effectTest(
      `a partial search with active centroids changes nothing, ${layer}: ${name}`,
      () =>
        Effect.gen(function* () {
          const [points, centroids] = make();
          const { normal, integer } = draws(0, `fast moves of ${name}`);
          const again = yield* (yield* Assigner).prepare(points);
          const moved = matrix(
            centroids.rows,
            centroids.columns,
            centroids.data.slice(),
          );
          yield* again(moved);
          for (const active of [1, 5, 20, 30, 60, 5, 1, 0]) {
            for (let times = 0; times < active; times++) {
              const target = row(points, integer(points.rows));
              // No further than the target: even the largest floats stay finite.
              const part = Math.min(2, Math.abs(normal()));
              row(moved, integer(moved.rows)).forEach((x, j, centroid) => {
                centroid[j] = x + part * (target[j]! / 2 - x / 2);
              });
            }
            const actual = yield* again(moved);
            assert.deepEqual(
              actual,
              yield* exactly(points, moved),
              `${active}`,
            );
          }
        }).pipe(Effect.provide(assigner)),
    );
  }
}

effectTest(
  "duplicate centroids that part after an assignment are told apart",
  () =>
    Effect.gen(function* () {
      const points = pointsBy(40, 2, (i, j) => j ? 0 : i % 10);
      const again = yield* (yield* Assigner).prepare(points);
      const duplicates = pointsBy(3, 2, (i, j) => j ? 0 : i < 2 ? 4 : 9);
      yield* again(duplicates);
      const parted = matrix(3, 2, Float32Array.of(4, 0, 3, 0, 9, 0));
      assert.deepEqual(yield* again(parted), yield* exactly(points, parted));
    }).pipe(Effect.provide(accelerated)),
);

effectTest(
  "kmeans() is the same to the bit on both layers and any threads",
  () =>
    Effect.gen(function* () {
      const points = clustered("layers", 1500, 24, 40);
      const options = { k: 60, iterations: 12, seed: 3 };
      const expected = yield* kmeans(points, options).pipe(
        Effect.provide(Assigner.layerReference),
      );
      for (const threads of [1, 2]) {
        const layer = Assigner.layerBackend.pipe(Layer.provide(onnx(threads)));
        const actual = yield* kmeans(points, options).pipe(
          Effect.provide(layer),
        );
        assert.deepEqual(actual, expected);
      }
    }),
);

effectTest(
  "lloydSteps() begun anew at every iteration equals one run",
  () =>
    Effect.gen(function* () {
      const points = clustered("anew", 1200, 24, 30);
      const options = { k: 50, iterations: 9, seed: 1 };
      let state: KMeansState = initialState(points, options);
      while (state.history.length < options.iterations) {
        const { iterate } = yield* lloydSteps(points, options);
        state = structuredClone(yield* iterate(state));
      }
      const { finish } = yield* lloydSteps(points, options);
      assert.deepEqual(yield* finish(state), yield* kmeans(points, options));
    }).pipe(Effect.provide(accelerated)),
);

effectTest(
  "no graph is run for points whose assignment is certain",
  () =>
    Effect.gen(function* () {
      let runs = 0;
      const counting = Layer.effect(
        Backend,
        Effect.map(Backend, ({ compile, productModels: _, ...rest }) => ({
          ...rest,
          compile: (...given: Parameters<typeof compile>) =>
            Effect.map(compile(...given), (program) => ({
              ...program,
              run: (...inputs: Parameters<typeof program.run>) => {
                runs++;
                return program.run(...inputs);
              },
            })),
        })),
      ).pipe(Layer.provide(onnx(1)));
      yield* Effect.gen(function* () {
        const points = clustered("certain", 2000, 32, 8);
        const centroids = firstRows(points, 8);
        const again = yield* (yield* Assigner).prepare(points);
        yield* again(centroids);
        assert.ok(runs > 0);
        runs = 0;
        const actual = yield* again(mapped(centroids, (x) => x * 1.01));
        assert.equal(runs, 0);
        assert.deepEqual(
          actual,
          yield* exactly(points, mapped(centroids, (x) => x * 1.01)),
        );
      }).pipe(
        Effect.provide(Assigner.layerBackend.pipe(Layer.provide(counting))),
      );
    }),
);

effectTest(
  "the one centroid that moves far takes points over",
  () =>
    Effect.gen(function* () {
      const points = pointsBy(20, 1, (i) => i % 2 ? 0 : 12);
      const again = yield* (yield* Assigner).prepare(points);
      yield* again(matrix(3, 1, Float32Array.of(1, 10, 100)));
      const moved = matrix(3, 1, Float32Array.of(1, 10, 0));
      assert.deepEqual(yield* again(moved), yield* exactly(points, moved));
    }).pipe(Effect.provide(accelerated)),
);
