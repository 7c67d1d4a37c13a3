import { draws, matrix, rowsOf } from "@deepcluster/core";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { emojiBenchmark } from "./emoji_benchmark.ts";
import { scoreEmoji } from "./emoji_scores.ts";
import { relevanceOf, splitEmoji } from "./emoji_split.ts";
import assert from "node:assert/strict";
import fixture from "./fixtures/scores.json" with { type: "json" };

const engine = layerOnnx({ provider: "cpu", threads: 1 });

const drawings = fixture.drawings.map(([codepoints, set]) => ({
  codepoints: codepoints!,
  set: set!,
}));

effectTest(
  "scoreEmoji() gives the figures of scikit-learn",
  () =>
    Effect.gen(function* () {
      const columns = fixture.vectors.length / drawings.length;
      const vectors = matrix(
        drawings.length,
        columns,
        Float32Array.from(fixture.vectors),
      );
      const { map, recall, queries } = yield* scoreEmoji(vectors, drawings);
      assert.equal(queries, fixture.queries);
      assertClose([map], [fixture.map], 1e-6);
      assert.deepEqual(recall, fixture.recall);
    }).pipe(Effect.provide(engine)),
);

Deno.test("relevanceOf() counts neither the query, nor its set, nor fluent's other set", () => {
  const drawing = (codepoints: string, set: string) => ({ codepoints, set });
  const query = drawing("1f600", "fluent-emoji");
  const cases = [
    ["1f600", "fluent-emoji", "junk"],
    ["1f600", "fluent-emoji-flat", "junk"],
    ["1f600", "noto", "relevant"],
    ["1f601", "fluent-emoji", "other"],
    ["1f601", "fluent-emoji-flat", "other"],
    ["1f601", "noto", "other"],
  ] as const;
  for (const [codepoints, set, relevance] of cases) {
    assert.equal(relevanceOf(query, drawing(codepoints, set)), relevance);
  }
});

/** 50 emoji in three sets, in turn. */
const many = Array.from({ length: 150 }, (_, i) => ({
  codepoints: String(100 + i % 50),
  set: ["noto", "twemoji", "openmoji"][Math.floor(i / 50)]!,
}));

Deno.test("splitEmoji() holds out a fifth of the emoji with all their drawings, whatever the order of these", () => {
  const emojiOf = (some: Int32Array, of = many) =>
    new Set(Array.from(some, (i) => of[i]!.codepoints));
  const { test, train } = splitEmoji(many);
  assert.deepEqual([test.length, train.length], [30, 120]);
  assert.equal(emojiOf(test).size, 10);
  assert.ok(emojiOf(test).isDisjointFrom(emojiOf(train)));
  const turned = many.toReversed();
  assert.deepEqual(
    [...emojiOf(splitEmoji(turned).test, turned)].sort(),
    [...emojiOf(test)].sort(),
  );
  const inner = splitEmoji(many, train, "validation");
  assert.equal(emojiOf(inner.test).size, 8);
  assert.ok(emojiOf(inner.test).isSubsetOf(emojiOf(train)));
});

effectTest(
  "emojiBenchmark() chooses the reduction on validation emoji, and finds " +
    "what whitening uncovers",
  () =>
    Effect.gen(function* () {
      // Two loud directions that say nothing, four quiet ones that tell emoji.
      const noise = draws(5, "noise");
      const centres = Array.from({ length: 50 * 4 }, () => noise.normal());
      const features = matrix(150, 6);
      for (let i = 0; i < 150; i++) {
        for (let j = 0; j < 6; j++) {
          features.data[6 * i + j] = j < 2
            ? 20 * noise.normal()
            : centres[4 * (i % 50) + j - 2]! + 0.05 * noise.normal();
        }
      }
      const result = yield* emojiBenchmark(rowsOf(features), many, ["none", 6]);
      const [none, whitened] = result.validation;
      assert.ok(none!.map < whitened!.map);
      assert.equal(result.reduction, 6);
      const alone = yield* emojiBenchmark(rowsOf(features), many, ["none"]);
      assert.equal(alone.reduction, "none");
      assert.ok(result.test.map > alone.test.map);
      assert.equal(result.test.queries, 30);
    }).pipe(Effect.provide(engine)),
);
