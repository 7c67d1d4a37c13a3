import { type Matrix, matrix, row, sharedMatrix } from "@deepcluster/core";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect, Fiber, Layer } from "effect";
import assert from "node:assert/strict";
import { averageClusters } from "../kmeans/average_clusters.ts";
import { membersOf } from "../kmeans/means.ts";
import { sizesOf } from "../kmeans/sizes.ts";
import { Assigner } from "./assigner.ts";
import { normalPoints, pointsBy } from "../testing.ts";
import { makeThreadedAssigner, workerBytes } from "./threaded_assigner.ts";

const onnx = (threads: number) =>
  Layer.orDie(layerOnnx({ provider: "cpu", threads }));

const exactly = (points: Matrix, centroids: Matrix) =>
  Effect.flatMap(Assigner, ({ assign }) => assign(points, centroids))
    .pipe(Effect.provide(Assigner.layerReference));

/** A part of a shared buffer, as a matrix of it may be. */
const sharedPoints = (n: number, d: number): Matrix => {
  const whole = sharedMatrix(n + 1, d);
  whole.data.set(normalPoints("shared", n + 1, d).data);
  return matrix(n, d, whole.data.subarray(d));
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
    ["ties", pointsBy(625, 2, (i, j) => j ? i % 25 : Math.floor(i / 25))],
    ["points in shared memory", sharedPoints(1001, 24)],
  ] as const
) {
  effectTest(
    `makeThreadedAssigner() equals layerReference bit by bit: ${name}`,
    () =>
      Effect.gen(function* () {
        const assign = yield* (yield* makeThreadedAssigner(0))(points);
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
  "makeThreadedAssigner() averages clusters on its threads, with the same bits",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("averaged", 3001, 7);
      const assign = yield* (yield* makeThreadedAssigner(0))(points);
      const [centroids] = steps(points, 150);
      const { assignments } = yield* assign(centroids!);
      const members = membersOf(assignments, sizesOf(assignments, 150));
      members.changed[3] = 0;
      const expected = matrix(150, 7, new Float32Array(150 * 7).fill(5));
      const actual = matrix(150, 7, expected.data.slice());
      averageClusters(points, members, expected);
      yield* assign.average!(members, actual);
      assert.deepEqual(actual, expected);
      assert.equal(actual.data[3 * 7], 5);
      assert.notEqual(actual.data[0], 5);
    }).pipe(Effect.scoped, Effect.provide(onnx(3))),
);

effectTest(
  "makeThreadedAssigner() serves callers in turn",
  () =>
    Effect.gen(function* () {
      const prepare = yield* makeThreadedAssigner(0);
      const cluster = Effect.fnUntraced(function* (points: Matrix) {
        const assign = yield* prepare(points);
        for (const centroids of steps(points, 20)) {
          assert.deepEqual(
            yield* assign(centroids),
            yield* exactly(points, centroids),
          );
        }
      }, Effect.scoped);
      const callers = [
        normalPoints("one caller", 300, 16),
        normalPoints("another", 90, 5),
      ];
      yield* Effect.forEach([...callers, ...callers], cluster, {
        concurrency: 2,
      });
    }).pipe(Effect.scoped, Effect.provide(onnx(2))),
);

effectTest(
  "makeThreadedAssigner() works after an interruption, at the start and later",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("interrupted", 5000, 64);
      const assign = yield* (yield* makeThreadedAssigner(0))(points);
      for (const centroids of steps(points, 60)) {
        const fiber = yield* Effect.forkChild(assign(centroids), {
          startImmediately: true,
        });
        yield* Effect.sleep(20);
        yield* Fiber.interrupt(fiber);
        assert.deepEqual(
          yield* assign(centroids),
          yield* exactly(points, centroids),
        );
      }
    }).pipe(Effect.scoped, Effect.provide(onnx(2))),
);

effectTest(
  "makeThreadedAssigner() uses no workers for fewer points than threads",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("few", 2, 3);
      const assign = yield* (yield* makeThreadedAssigner(0))(points);
      assert.deepEqual(yield* assign(points), yield* exactly(points, points));
    }).pipe(Effect.scoped, Effect.provide(onnx(3))),
);

Deno.test("workerBytes() counts workers and the copy they share, from 2^31 on", () => {
  const engine = { threads: 2, capabilities: { enginePerThread: true } };
  const size = { n: 2 ** 17, d: 2 ** 6, k: 2 ** 8 };
  assert.ok(workerBytes(engine, size) > 4 * size.n * size.d);
  assert.equal(workerBytes(engine, { ...size, k: size.k - 1 }), 0);
  assert.equal(workerBytes({ ...engine, threads: 1 }, size), 0);
  assert.equal(
    workerBytes({ threads: 2, capabilities: { enginePerThread: false } }, size),
    0,
  );
});
