import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { SubsetError } from "./errors.ts";
import type { LabelledSource } from "./source.ts";
import { subset } from "./subset.ts";
import assert from "node:assert/strict";

const whole = (count: number): LabelledSource => {
  const ids = Array.from({ length: count }, (_, i) => `${1000 + i}.png`);
  return {
    source: {
      name: "made",
      ids,
      payload: (index) => ({ kind: "file", path: `/made/${ids[index]}` }),
    },
    labels: {
      names: ["even", "odd"],
      classes: Int32Array.from({ length: count }, (_, i) => i % 2),
    },
  };
};

effectTest(
  "subset() keeps each image with its name, its file and its label",
  () =>
    Effect.gen(function* () {
      const { source, labels } = yield* subset(whole(50), 20);
      assert.equal(new Set(source.ids).size, 20);
      assert.deepEqual(source.ids, [...source.ids].sort());
      source.ids.forEach((id, index) => {
        const path = `/made/${id}`;
        assert.deepEqual(source.payload(index), { kind: "file", path });
        assert.equal(labels!.classes[index], parseInt(id) % 2);
      });
      assert.notDeepEqual(source.ids, whole(50).source.ids.slice(0, 20));
    }),
);

effectTest(
  "subset() draws the same images every time, and all when all are wanted",
  () =>
    Effect.gen(function* () {
      const once = yield* subset(whole(50), 20);
      assert.deepEqual((yield* subset(whole(50), 20)).source.ids, [
        ...once.source.ids,
      ]);
      const all = yield* subset(whole(9), 9);
      assert.deepEqual(all.source.ids, whole(9).source.ids);
    }),
);

effectTest(
  "subset() fails with SubsetError when it cannot draw so many",
  () =>
    Effect.gen(function* () {
      for (const count of [0, 10, 2.5, NaN]) {
        const error = yield* Effect.flip(subset(whole(9), count));
        assert.ok(error instanceof SubsetError);
        assert.equal(
          error.message,
          "Cannot draw images as --limit must be a whole number from 1 to " +
            `the number of images: --limit ${count}, 9 images in made`,
        );
      }
    }),
);
