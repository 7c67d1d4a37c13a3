/**
 * Part of a source: as many images as asked for, drawn at random.
 *
 * Paper: section 5.1 trains on a random million of YFCC100M's images.
 *
 * @module
 */
import { draws } from "@deepcluster/core";
import { Effect } from "effect";
import { SubsetError } from "./errors.ts";
import { labelsAt } from "./labels.ts";
import type { LabelledSource } from "./source.ts";

/**
 * Draws images of a source, without replacement, and keeps their order.
 *
 * Which ones depends on the two counts alone, so that runs of several seeds,
 * and whoever evaluates them, see the same images.
 *
 * @param all The source and its labels.
 * @param count Images wanted, from 1 to as many as there are.
 * @returns A source of `count` images with their labels, or `SubsetError`.
 *
 * @example Two of three
 * ```ts
 * import { subset } from "@deepcluster/data";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const source = {
 *   name: "three files",
 *   ids: ["a.png", "b.png", "c.png"],
 *   payload: (index: number) => ({ kind: "file", path: `/${index}` } as const),
 * };
 * const part = Effect.runSync(subset({ source }, 2));
 * assert.equal(part.source.ids.length, 2);
 * ```
 */
export const subset: <A extends LabelledSource>(
  all: A,
  count: number,
) => Effect.Effect<A, SubsetError> = Effect.fnUntraced(
  function* <A extends LabelledSource>(
    all: A,
    count: number,
  ) {
    const { source } = all;
    const images = source.ids.length;
    if (!(Number.isInteger(count) && count >= 1 && count <= images)) {
      return yield* new SubsetError({ source: source.name, count, images });
    }
    return selected(
      all,
      draws(0, "subset", images).sample(count, images).sort(),
    );
  },
);

/**
 * Returns some images of a source as one.
 *
 * @param all The source and its labels.
 * @param sourceIndices Which images, in their order.
 * @returns A source of these with their labels.
 */
export const selected = <A extends LabelledSource>(
  all: A,
  sourceIndices: Int32Array,
): A => ({
  ...all,
  source: {
    name: all.source.name,
    ids: Array.from(
      sourceIndices,
      (sourceIndex) => all.source.ids[sourceIndex]!,
    ),
    payload: (index: number) => all.source.payload(sourceIndices[index]!),
  },
  ...all.labels && { labels: labelsAt(all.labels, sourceIndices) },
});
