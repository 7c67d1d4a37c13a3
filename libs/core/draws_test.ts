import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { draws } from "./draws.ts";
import assert from "node:assert/strict";

const many = 200_000;

effectTest(
  "draws() of one name repeat, of other names differ",
  () =>
    Effect.sync(() => {
      const first = (source: { uniform: () => number }) =>
        Array.from({ length: 5 }, source.uniform);
      assert.deepEqual(first(draws(1, "a", 2)), first(draws(1, "a", 2)));
      const seen = new Set<number>();
      for (let seed = 0; seed < 20; seed++) {
        for (let epoch = 0; epoch < 20; epoch++) {
          seen.add(draws(seed, "a", epoch).uniform());
          seen.add(draws(seed, "b", epoch).uniform());
        }
      }
      assert.equal(seen.size, 800);
    }),
);

effectTest(
  "draws() joins the parts of a name unambiguously",
  () =>
    Effect.sync(() => {
      assert.notEqual(
        draws(1, "a", 11).uniform(),
        draws(1, "a", 1, 1).uniform(),
      );
      assert.notEqual(draws(11, "a").uniform(), draws(1, "1a").uniform());
    }),
);

effectTest(
  "draws().uniform() has the moments of the uniform law",
  () =>
    Effect.sync(() => {
      const { uniform } = draws(3, "moments");
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < many; i++) {
        const x = uniform();
        assert.ok(x >= 0 && x < 1);
        sum += x;
        squares += x * x;
      }
      assert.ok(Math.abs(sum / many - 1 / 2) < 4 / Math.sqrt(12 * many));
      assert.ok(Math.abs(squares / many - 1 / 3) < 0.003);
    }),
);

effectTest(
  "draws() of neighbouring names are uncorrelated",
  () =>
    Effect.sync(() => {
      let product = 0;
      const pairs = 20_000;
      for (let i = 0; i < pairs; i++) {
        product += (draws(1, "augment", 0, i).uniform() - 0.5) *
          (draws(1, "augment", 0, i + 1).uniform() - 0.5);
      }
      const correlation = 12 * product / pairs;
      assert.ok(Math.abs(correlation) < 4 / Math.sqrt(pairs), `${correlation}`);
    }),
);

effectTest(
  "draws().normal() has mean 0, variance 1, kurtosis 3",
  () =>
    Effect.sync(() => {
      const { normal } = draws(5, "normal");
      const moments = [0, 0, 0, 0, 0];
      for (let i = 0; i < many; i++) {
        const x = normal();
        for (let power = 1; power <= 4; power++) moments[power]! += x ** power;
      }
      assert.ok(Math.abs(moments[1]! / many) < 0.01);
      assert.ok(Math.abs(moments[2]! / many - 1) < 0.015);
      assert.ok(Math.abs(moments[4]! / many - 3) < 0.1);
    }),
);

effectTest(
  "draws().integer() is uniform below a bound that is no power of 2",
  () =>
    Effect.sync(() => {
      const { integer } = draws(9, "integer");
      const counts = new Float64Array(7);
      for (let i = 0; i < 70_000; i++) counts[integer(7)]!++;
      let chiSquare = 0;
      for (const count of counts) chiSquare += (count - 10_000) ** 2 / 10_000;
      assert.ok(chiSquare < 22.5, `chi-square ${chiSquare}, 6 degrees`);
    }),
);

effectTest(
  "draws().integer() is the remainder of the first bits without bias",
  () =>
    Effect.sync(() => {
      for (const below of [1, 3, 10_000, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32]) {
        const { integer } = draws(3, "integer", below);
        const { uniform } = draws(3, "integer", below);
        const unbiased = 2 ** 32 - 2 ** 32 % below;
        for (let i = 0; i < 10_000; i++) {
          let bits = uniform() * 2 ** 32;
          while (bits >= unbiased) bits = uniform() * 2 ** 32;
          assert.equal(integer(below), bits % below);
        }
      }
    }),
);

effectTest(
  "draws().shuffle() permutes, and every order is as likely",
  () =>
    Effect.sync(() => {
      const { shuffle } = draws(2, "shuffle");
      const counts = new Map<string, number>();
      for (let i = 0; i < 6000; i++) {
        const order = shuffle(Int32Array.of(0, 1, 2)).join("");
        counts.set(order, (counts.get(order) ?? 0) + 1);
      }
      assert.equal(counts.size, 6);
      for (const count of counts.values()) {
        assert.ok(Math.abs(count - 1000) < 150);
      }
    }),
);

effectTest(
  "draws().sample() gives distinct numbers, all equally likely",
  () =>
    Effect.sync(() => {
      const { sample } = draws(4, "sample");
      const counts = new Float64Array(10);
      for (let i = 0; i < 5000; i++) {
        const chosen = sample(3, 10);
        assert.equal(new Set(chosen).size, 3);
        for (const index of chosen) counts[index]!++;
      }
      for (const count of counts) assert.ok(Math.abs(count - 1500) < 160);
      assert.deepEqual([...sample(5, 5)].sort(), [0, 1, 2, 3, 4]);
    }),
);
