import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { clusterAgreement } from "./cluster_agreement.ts";
import assert from "node:assert/strict";
import fixture from "./fixtures/agreement.json" with { type: "json" };

const statistics = [
  "nmiGeometric",
  "nmiArithmetic",
  "purity",
  "adjustedRand",
] as const;

for (const { name, labels, clusters, ...expected } of fixture) {
  effectTest(
    `clusterAgreement() equals scikit-learn's for ${name}`,
    () =>
      Effect.gen(function* () {
        const found = yield* clusterAgreement(
          Int32Array.from(labels),
          Int32Array.from(clusters),
        );
        for (const key of statistics) {
          const off = Math.abs(found[key] - expected[key]);
          assert.ok(off < 1e-9, `${key}: ${found[key]}, ${expected[key]}`);
        }
        assert.equal(found.classes, new Set(labels).size);
        assert.equal(found.clusters, new Set(clusters).size);
      }),
  );
}

effectTest(
  "clusterAgreement() solves a case worked by hand",
  () =>
    Effect.gen(function* () {
      const found = yield* clusterAgreement(
        Int32Array.of(0, 0, 0, 1, 1, 1),
        Int32Array.of(5, 5, 7, 7, 9, 9),
      );
      // Commonest classes: 2 of 2, 1 of 2, 2 of 2.
      assert.equal(found.purity, 5 / 6);
      // Pairs: 2 in both, 6 in classes, 3 in clusters, 15 in all.
      assert.ok(
        Math.abs(found.adjustedRand - (2 - 1.2) / (4.5 - 1.2)) < 1e-12,
      );
      // I = ln 2 - ln 2 / 3, entropies ln 2 and ln 3.
      const [two, three] = [Math.log(2), Math.log(3)];
      const shared = 2 / 3 * two;
      const geometric = shared / Math.sqrt(two * three);
      const arithmetic = 2 * shared / (two + three);
      assert.ok(Math.abs(found.nmiGeometric - geometric) < 1e-12);
      assert.ok(Math.abs(found.nmiArithmetic - arithmetic) < 1e-12);
    }),
);

effectTest(
  "clusterAgreement() leaves out images without a label",
  () =>
    Effect.gen(function* () {
      const some = yield* clusterAgreement(
        Int32Array.of(0, -1, 0, 1, -1, 1),
        Int32Array.of(0, 9, 1, 1, 9, 1),
      );
      const labelled = yield* clusterAgreement(
        Int32Array.of(0, 0, 1, 1),
        Int32Array.of(0, 1, 1, 1),
      );
      assert.deepEqual(some, labelled);
      assert.equal(some.images, 4);
    }),
);

effectTest(
  "clusterAgreement() refuses images without any label",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        clusterAgreement(Int32Array.of(-1, -1), Int32Array.of(0, 1)),
      );
      assert.equal(
        error.message,
        "Cannot compare clusters with classes as every image must have a " +
          "label: current values are images=2, unlabelled=2, first unlabelled=0",
      );
    }),
);

effectTest(
  "clusterAgreement() refuses clusters of other images",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        clusterAgreement(new Int32Array(2), new Int32Array(3)),
      );
      assert.equal(error._tag, "LabelCountError");
    }),
);
