/**
 * The part of a VOC split that can be learned from and evaluated: images that
 * can be decoded, classes that the test images show.
 *
 * @module
 */
import { matrix, type Progress } from "@deepcluster/core";
import {
  type CacheError,
  survey,
  type TooManyUnreadableError,
} from "@deepcluster/data";
import type { Skipped } from "@deepcluster/metrics";
import { Effect } from "effect";
import { VocClassError } from "./errors.ts";
import { positivesOf, type VocSet, type VocSplit } from "./image_sets.ts";
import { labelsOfClasses } from "./voc_labels.ts";

/** Images of a set, all of which can be decoded. */
export interface ReadableVocSet extends VocSet {
  /** Tells these images, by name and content, from all others. */
  readonly contentHash: string;
}

/** A split of images that can be decoded, into classes that can be evaluated. */
export interface ReadableVocSplit extends VocSplit {
  /** Images to learn from. */
  readonly training: ReadableVocSet;
  /** Images to evaluate on. */
  readonly test: ReadableVocSet;
  /** Names of the classes that no training image shows. */
  readonly untrained: readonly string[];
}

/** What {@link readableVocSplit} fails with. */
export type ReadableVocSplitError =
  | VocClassError
  | TooManyUnreadableError
  | CacheError;

/**
 * Reads and decodes every image of both sets once, and leaves out what cannot
 * be decoded, and classes that no test image then shows: they have no average
 * precision.
 *
 * @param split The two sets.
 * @returns What is left, and everything that was skipped with its reason; or
 * `TooManyUnreadableError` when no image of a set can be decoded, or
 * `VocClassError` when no class is left.
 */
export const readableVocSplit: (
  split: VocSplit,
) => Effect.Effect<ReadableVocSplit, ReadableVocSplitError, Progress> = Effect
  .fn("readableVocSplit")(function* (
    split,
  ) {
    const training = yield* readableSet(split.training);
    const test = yield* readableSet(split.test);
    const shown = positivesOf(test.set);
    const classes = test.set.classes.filter((_, c) => shown[c]! > 0);
    if (classes.length === 0) {
      return yield* new VocClassError({
        class: split.test.classes[0] ?? "none",
        rule: "a class must be on a test image, not only as difficult",
        present: `images=${test.set.targets.rows}, positive=0`,
      });
    }
    const bare = test.set.classes.filter((name) => !classes.includes(name))
      .map((name) => ({
        what: `class ${name}`,
        reason: "no test image shows it, difficult objects apart",
      }));
    const learned = labelsOfClasses(training.set, classes);
    const counts = positivesOf(learned);
    return {
      training: learned,
      untrained: classes.filter((_, c) => counts[c] === 0),
      test: labelsOfClasses(test.set, classes),
      skipped: [
        ...split.skipped,
        ...training.skipped,
        ...test.skipped,
        ...bare,
      ],
    };
  });

const readableSet = Effect.fnUntraced(function* (set: VocSet) {
  const { classes, source, targets: { columns, data } } = set;
  const { usable, unreadable, contentHash } = yield* survey(source, {
    maxUnreadableFraction: 1,
  });
  const targets = matrix(usable.length, columns);
  usable.forEach((position, i) =>
    targets.data.set(
      data.subarray(position * columns, (position + 1) * columns),
      i * columns,
    )
  );
  const readable: ReadableVocSet = {
    classes,
    targets,
    source: {
      name: source.name,
      ids: Array.from(usable, (position) => source.ids[position]!),
      payload: (index) => source.payload(usable[index]!),
    },
    contentHash,
  };
  const skipped = unreadable.map(({ id, reason }): Skipped => ({
    what: `image ${id}`,
    reason,
  }));
  return { set: readable, skipped };
});
