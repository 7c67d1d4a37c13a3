import { draws } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { nmi } from "./nmi.ts";
import assert from "node:assert/strict";
import fixture from "./fixtures/nmi.json" with { type: "json" };

for (const { name, first, second, nmi: expected } of fixture.cases) {
  effectTest(
    `nmi() equals scikit-learn's for ${name}`,
    () =>
      Effect.gen(function* () {
        const a = Int32Array.from(first);
        const b = Int32Array.from(second);
        const found = yield* nmi(a, b);
        assert.ok(Math.abs(found - expected) < 1e-9, `${found}, ${expected}`);
        assert.ok(Math.abs(found - (yield* nmi(b, a))) < 1e-12, "symmetry");
      }),
  );
}

effectTest("nmi() solves a case worked by hand", () =>
  Effect.gen(function* () {
    const a = Int32Array.of(0, 0, 0, 0);
    const b = Int32Array.of(0, 0, 1, 1);
    const c = Int32Array.of(0, 1, 2, 2);
    assert.equal(yield* nmi(a, b), 0);
    assert.equal(yield* nmi(b, a), 0);
    assert.equal(yield* nmi(a, a), 1);
    // I = H(b) = ln 2, H(c) = 1.5 ln 2.
    assert.ok(Math.abs((yield* nmi(b, c)) - Math.sqrt(1 / 1.5)) < 1e-12);
  }));

effectTest(
  "nmi() leaves out points without a label when asked to",
  () =>
    Effect.gen(function* () {
      const { first, second, nmi: expected } = fixture.unlabelled;
      const a = Int32Array.from(first);
      const b = Int32Array.from(second);
      const options = { ignoreNegative: true };
      assert.ok(Math.abs((yield* nmi(a, b, options)) - expected) < 1e-9);
      assert.ok(Math.abs((yield* nmi(b, a, options)) - expected) < 1e-9);
      assert.ok(Math.abs((yield* nmi(a, b)) - expected) > 1e-3);
    }),
);

effectTest(
  "nmi() does not change when clusters are renamed",
  () =>
    Effect.gen(function* () {
      const { integer, shuffle } = draws(0, "renamed");
      const a = new Int32Array(500).map(() => integer(9));
      const b = new Int32Array(500).map(() => integer(6));
      const names = shuffle(Int32Array.from({ length: 9 }, (_, i) => i));
      const renamed = a.map((label) => names[label]!);
      const difference = (yield* nmi(renamed, b)) - (yield* nmi(a, b));
      assert.ok(Math.abs(difference) < 1e-12);
    }),
);

effectTest(
  "nmi() compares 10 000 by 10 000 clusters without a table",
  () =>
    Effect.gen(function* () {
      const a = Int32Array.from({ length: 100_000 }, (_, i) => i % 10_000);
      const b = a.map((label) => 9_999 - label);
      assert.ok(Math.abs((yield* nmi(a, b)) - 1) < 1e-12);
    }),
);

effectTest(
  "nmi() fails with LabelCountError when the lengths differ",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        nmi(new Int32Array(3), new Int32Array(4)),
      );
      assert.equal(
        error.message,
        "Cannot compare labellings as they must have one label a point each: " +
          "current values are first=3, second=4",
      );
    }),
);
