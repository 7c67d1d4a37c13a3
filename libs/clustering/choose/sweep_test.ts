import { type Matrix, matrix, rowsOf } from "@deepcluster/core";
import { layerBackend } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Assigner } from "../assign/assigner.ts";
import { madeGroups, normalPoints } from "../testing.ts";
import { whitenRows } from "../whitening/apply_whitening.ts";
import { fitWhitening } from "../whitening/fit_whitening.ts";
import { adviseClusters } from "./advise.ts";
import { structurelessPoints } from "./structureless_points.ts";
import { sweepClusters, type SweepOptions, type SweepStep } from "./sweep.ts";
import assert from "node:assert/strict";

const reduced = Effect.fnUntraced(function* (features: Matrix) {
  const rows = rowsOf(features);
  const whitening = yield* fitWhitening(rows, { components: 16, seed: 1 });
  const points = yield* whitenRows(rows, whitening);
  const { rows: n, columns } = points;
  return { points, structureless: yield* structurelessPoints(n, columns, 1) };
}, Effect.provide(layerBackend({ threads: 1 })));

/** A sweep as small as still tells. */
const swept = Effect.fnUntraced(function* (
  features: Matrix,
  clusters: readonly number[],
  options: Partial<SweepOptions> = {},
) {
  const { points, structureless } = yield* reduced(features);
  const small = { clusters, draws: 3, seed: 31, ...options };
  return yield* sweepClusters(points, structureless, small);
}, Effect.provide(Assigner.layerReference));

const ladders = {
  4: [2, 3, 4, 5, 6, 8, 12],
  10: [3, 5, 8, 10, 12, 15, 20, 30],
  30: [10, 15, 20, 25, 30, 40, 60],
} as const;

for (
  const [groups, from, to, made] of [
    [10, 8, 15, { features: 16, seed: 1 }],
    [10, 8, 15, { features: 64, seed: 2, unequal: true, noise: 0.1 }],
    [10, 8, 15, { features: 200, seed: 3, noise: 0.05 }],
    [10, 8, 15, { features: 64, seed: 4, unequal: true }],
    [4, 3, 5, { features: 64, seed: 5, unequal: true }],
    [30, 20, 40, { features: 64, seed: 6, unequal: true }],
  ] as const
) {
  effectTest(
    `adviseClusters() points to ${from} to ${to} of ${groups} made groups: ` +
      JSON.stringify(made),
    () =>
      Effect.gen(function* () {
        const { points } = madeGroups({
          groups,
          points: 800,
          apart: 7,
          ...made,
        });
        const figures = yield* swept(points, ladders[groups]);
        const advice = adviseClusters(figures, 800);
        const { clusters } = advice.groups!;
        assert.ok(clusters >= from && clusters <= to, `${clusters}`);
        if (groups !== 30) assert.equal(advice.certainty, "clear");
      }),
  );
}

effectTest(
  "adviseClusters() has no answer for points without groups",
  () =>
    Effect.gen(function* () {
      for (const [name, d] of [["a", 2], ["b", 5], ["c", 64]] as const) {
        const points = normalPoints(name, 600, d);
        // Stretched, as features are, and shifted.
        points.data.forEach((value, at) => {
          points.data[at] = value * (1 + at % d) + 3;
        });
        const figures = yield* swept(points, [2, 3, 5, 8, 12, 20]);
        const { certainty, groups } = adviseClusters(figures, 600);
        assert.deepEqual([certainty, groups], ["none", undefined], name);
      }
    }),
);

effectTest(
  "sweepClusters() gives the same figures for the same seed",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("same", 200, 8);
      const once = yield* swept(points, [2, 5]);
      assert.deepEqual(yield* swept(points, [2, 5]), once);
      assert.notDeepEqual(yield* swept(points, [2, 5], { seed: 32 }), once);
    }),
);

effectTest(
  "sweepClusters() uses labels for judging only",
  () =>
    Effect.gen(function* () {
      const { points, groups } = madeGroups({
        groups: 3,
        points: 300,
        features: 8,
        apart: 8,
        seed: 1,
      });
      const [without] = yield* swept(points, [3]);
      const [judged] = yield* swept(points, [3], { labels: groups });
      const { labels, ...rest } = judged!;
      assert.deepEqual(rest, without);
      assert.ok(labels!.adjustedRand > 0.95, `${labels!.adjustedRand}`);
    }),
);

effectTest(
  "sweepClusters() asks the cache for each clustering once",
  () =>
    Effect.gen(function* () {
      const steps: SweepStep[] = [];
      const done: number[] = [];
      yield* swept(normalPoints("cache", 100, 4), [2, 3], {
        draws: 2,
        cached: (step, compute) => {
          steps.push(step);
          return compute;
        },
        onProgress: (now) => Effect.sync(() => void done.push(now)),
      });
      assert.deepEqual(
        steps.map(({ points, k, draw }) => `${points} ${k} ${draw}`),
        [2, 3].flatMap((k) =>
          ["features", "structureless"].flatMap((points) =>
            [0, 1].map((draw) => `${points} ${k} ${draw}`)
          )
        ),
      );
      assert.deepEqual(done, [0, 2, 4, 6, 8, 11, 14, 17, 20]);
    }),
);

effectTest(
  "sweepClusters() refuses a single clustering of each number",
  () =>
    Effect.gen(function* () {
      const points = matrix(4, 1, Float32Array.of(0, 1, 10, 11));
      const { message } = yield* Effect.flip(
        sweepClusters(points, points, { clusters: [2], draws: 1, seed: 0 }),
      );
      assert.match(message, /draws/);
    }).pipe(Effect.provide(Assigner.layerReference)),
);
