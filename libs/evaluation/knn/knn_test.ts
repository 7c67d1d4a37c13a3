import { type Matrix, row } from "@deepcluster/core";
import type { Labelled } from "@deepcluster/features";
import { layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { clouds, effectTest, labelled } from "@deepcluster/test";
import { Effect } from "effect";
import { defaultNeighbours, knn, type KnnOptions } from "./knn.ts";
import assert from "node:assert/strict";
import fixture from "./fixtures/knn.json" with { type: "json" };

const onnx = layerOnnx({ provider: "cpu", threads: 2 });

const evaluate = (train: Labelled, test: Labelled, options?: KnnOptions) =>
  knn(train, test, options).pipe(Effect.provide(layerReference));

effectTest(
  "knn() solves a case worked by hand",
  () =>
    Effect.gen(function* () {
      // Similarities to (1, 0): 1, 0.8, 0.6; the sum of two weights wins.
      const train = labelled([2, 0, 4, 3, 3, 4], [0, 1, 1], 2);
      const test = labelled([1, 0], [1], 2);
      const by = (temperature: number) =>
        evaluate(train, test, { k: [1, 3], temperature });
      // exp(1 / 0.1) = 22026 against 2981 + 403; exp(1 / 2) against two of it.
      assert.deepEqual((yield* by(0.1)).map(({ top1 }) => top1), [0, 0]);
      assert.deepEqual((yield* by(2)).map(({ top1 }) => top1), [0, 1]);
      assert.equal((yield* by(2))[0]!.top5, undefined);
    }),
);

effectTest(
  "knn() equals scikit-learn's classifier with these weights",
  () =>
    Effect.gen(function* () {
      const { classes, results } = fixture;
      const found = yield* knn(
        labelled(fixture.train, fixture.trainLabels, classes),
        labelled(fixture.test, fixture.testLabels, classes),
        { k: results.map(({ k }) => k) },
      );
      results.forEach(({ k, predictions, top1, top5 }, i) => {
        assert.equal(found[i]!.k, k);
        assert.deepEqual([...found[i]!.predictions], predictions);
        assert.ok(Math.abs(found[i]!.top1 - top1) < 1e-12);
        // Where fewer than five classes have votes, order is by number.
        assert.ok(Math.abs(found[i]!.top5! - top5) < 1e-12, `k=${k}`);
      });
    }).pipe(Effect.provide(onnx)),
);

effectTest(
  "knn() does what naive lines do",
  () =>
    Effect.gen(function* () {
      const train = clouds("naive train", 70, 5, 4);
      const test = clouds("naive test", 30, 5, 4);
      const [result] = yield* evaluate(train, test, { k: [9] });
      const votes = yield* naiveVotes(train, test, 9);
      assert.deepEqual(
        [...result!.predictions],
        votes.map((shares) => shares.indexOf(Math.max(...shares))),
      );
      assert.ok(result!.top1 > 0.4);
    }),
);

effectTest(
  "knn() in blocks of 30 images equals knn() at once",
  () =>
    Effect.gen(function* () {
      const train = clouds("blocks train", 150, 8, 6);
      const test = clouds("blocks test", 75, 8, 6);
      const counted = counting(train);
      const options = { k: [3, 20] };
      const whole = yield* evaluate(train, test, options);
      const found = yield* evaluate(counted, test, {
        ...options,
        memoryBytes: 1,
      });
      assert.deepEqual(found, whole);
      assert.equal(counted.most(), 30);
    }),
);

effectTest(
  "knn() does not take the empty rest of a block for neighbours",
  () =>
    Effect.gen(function* () {
      // 33 images in blocks of 32, all opposite: 31 empty rows, at similarity
      // 0, would be nearer and leave room for two votes, both for class 0.
      const ones = new Array<number>(33).fill(1);
      const train = labelled(ones, ones.map((_, i) => i < 2 ? 0 : 1), 2);
      const test = labelled([-1], [1], 2);
      const options = { k: [33], memoryBytes: 1 };
      const [result] = yield* evaluate(train, test, options);
      assert.equal(result!.top1, 1);
    }),
);

effectTest(
  "knn() on ONNX Runtime agrees with the reference",
  () =>
    Effect.gen(function* () {
      const train = clouds("layers train", 200, 16, 5);
      const test = clouds("layers test", 100, 16, 5);
      const exact = yield* evaluate(train, test);
      const found = yield* knn(train, test).pipe(Effect.provide(onnx));
      assert.deepEqual(
        found.map(({ predictions }) => predictions),
        exact.map(({ predictions }) => predictions),
      );
    }),
);

effectTest(
  "knn() gives features of zeros a similarity of 0",
  () =>
    Effect.gen(function* () {
      const train = labelled([0, 0, -1, 0, -1, 0], [1, 0, 0], 2);
      const test = labelled([1, 0], [1], 2);
      const [result] = yield* evaluate(train, test, { k: [1] });
      assert.equal(result!.top1, 1);
    }),
);

effectTest(
  "knn() does not write to the features",
  () =>
    Effect.gen(function* () {
      const train = clouds("kept", 40, 3, 2);
      const { data } = yield* train.features.read(0, 40);
      const before = data.slice();
      yield* evaluate(train, train, { k: [3] });
      assert.deepEqual(data, before);
    }),
);

effectTest(
  "knn() says what is wrong",
  () =>
    Effect.gen(function* () {
      const train = clouds("errors", 12, 2, 3);
      const refusal = (test: Labelled, options: KnnOptions, from = train) =>
        Effect.flip(evaluate(from, test, options)).pipe(
          Effect.map((error) => error.message),
        );
      assert.equal(
        yield* refusal(train, { k: [13] }),
        "Cannot find neighbours as --neighbours must be at most the number of training " +
          "images: --neighbours 13, 12 training images",
      );
      assert.match(yield* refusal(train, { k: [] }), /neighbours must be an/);
      assert.match(
        yield* refusal(train, { k: [1], temperature: 0 }),
        /temperature must be above 0: current value is temperature=0$/,
      );
      const bad = labelled([1, 2, 3, NaN], [0, 1], 3);
      assert.match(
        yield* refusal(bad, { k: [1] }),
        /finite: current values are row=1, column=1, value=NaN$/,
      );
    }),
);

const naiveVotes = Effect.fnUntraced(function* (
  train: Labelled,
  test: Labelled,
  k: number,
) {
  const keys = yield* train.features.read(0, train.features.rows);
  const queries = yield* test.features.read(0, test.features.rows);
  return Array.from({ length: queries.rows }, (_, i) => {
    const found = Array.from({ length: keys.rows }, (_, j) => ({
      label: train.labels[j]!,
      similarity: cosine(queries, i, keys, j),
    })).sort((a, b) => b.similarity - a.similarity).slice(0, k);
    const votes = new Array<number>(train.classes).fill(0);
    for (const { label, similarity } of found) {
      votes[label]! += Math.exp(similarity / 0.07);
    }
    return votes;
  });
});

const cosine = (a: Matrix, i: number, b: Matrix, j: number): number => {
  const [x, y] = [row(a, i), row(b, j)];
  const dot = (p: Float32Array, q: Float32Array) =>
    p.reduce((sum, value, at) => sum + value * q[at]!, 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
};

/** Notes the largest block read. */
const counting = (inner: Labelled) => {
  let most = 0;
  const features = {
    ...inner.features,
    read: (start: number, count: number) => {
      most = Math.max(most, count);
      return inner.features.read(start, count);
    },
  };
  return { ...inner, features, most: () => most };
};

effectTest(
  "defaultNeighbours() gives numbers that there are, and says what it left out",
  () =>
    Effect.sync(() => {
      for (
        const [images, ks, left] of [
          [1000, [20, 200], []],
          [400, [20, 200], []],
          [399, [20], [200]],
          [39, [5], [20, 200]],
          [4, [1], [20, 200]],
        ] as const
      ) {
        const { k, skipped } = defaultNeighbours(images);
        assert.deepEqual(k, ks);
        assert.deepEqual(
          skipped.map(({ what }) => what),
          left.map((k) => `knn, k = ${k}`),
        );
        const so = images < 40 ? `, so k = ${ks[0]}` : "";
        for (const { reason } of skipped) {
          assert.equal(
            reason,
            `more than half of ${images} training images${so}`,
          );
        }
      }
    }),
);
