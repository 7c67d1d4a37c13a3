import { type Matrix, matrix, row, sharedMatrix } from "@deepcluster/core";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { Assigner } from "./assigner.ts";
import { normalPoints, pointsBy } from "./testing.ts";
import { assigningOnThreads } from "./threaded_assigner.ts";

const onnx = (threads: number) =>
  Layer.orDie(layerOnnx({ provider: "cpu", threads }));

const exactly = (points: Matrix, centroids: Matrix) =>
  Effect.flatMap(Assigner, ({ assign }) => assign(points, centroids))
    .pipe(Effect.provide(Assigner.layerReference));

const inSharedMemory = ({ rows, columns, data }: Matrix): Matrix => {
  const copy = sharedMatrix(rows, columns);
  copy.data.set(data);
  return copy;
};

/** Centroids that move from step to step, less and less. */
const steps = (points: Matrix, k: number): readonly Matrix[] =>
  [0, 0.3, 0.01].map((move, step) => {
    const noise = normalPoints(`step ${step}`, k, points.columns);
    return matrix(
      k,
      points.columns,
      noise.data.map((x, at) =>
        row(points, Math.floor(at / points.columns))[at % points.columns]! +
        move * x
      ),
    );
  });

for (
  const [name, points] of [
    ["points", normalPoints("threads", 1001, 24)],
    ["shared points", inSharedMemory(normalPoints("shared", 640, 32))],
    ["ties", pointsBy(625, 2, (i, j) => j ? i % 25 : Math.floor(i / 25))],
  ] as const
) {
  effectTest(
    `assigningOnThreads() equals layerReference bit by bit: ${name}`,
    () =>
      Effect.gen(function* () {
        const assign = (yield* assigningOnThreads(0))(points);
        for (const centroids of steps(points, 40)) {
          assert.deepEqual(
            yield* assign(centroids),
            yield* exactly(points, centroids),
          );
        }
      }).pipe(Effect.scoped, Effect.provide(onnx(3))),
  );
}

effectTest(
  "assigningOnThreads() serves callers by turns",
  () =>
    Effect.gen(function* () {
      const of = yield* assigningOnThreads(0);
      const callers = [
        normalPoints("one caller", 300, 16),
        normalPoints("another", 90, 5),
      ].map((points) => ({ points, assign: of(points) }));
      const checks = callers.flatMap(({ points, assign }) =>
        steps(points, 20).map((centroids) =>
          Effect.gen(function* () {
            const found = yield* assign(centroids);
            assert.deepEqual(found, yield* exactly(points, centroids));
          })
        )
      );
      yield* Effect.all(checks, { concurrency: "unbounded" });
    }).pipe(Effect.scoped, Effect.provide(onnx(2))),
);

effectTest(
  "assigningOnThreads() leaves fewer points than threads whole",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("few", 2, 3);
      const assign = (yield* assigningOnThreads(0))(points);
      assert.deepEqual(yield* assign(points), yield* exactly(points, points));
    }).pipe(Effect.scoped, Effect.provide(onnx(3))),
);
