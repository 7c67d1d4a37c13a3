/**
 * Image sets of a PASCAL VOC folder with their classes.
 *
 * Paper: section 4.4. Classes are read from the files of the classes, as the
 * authors' `eval_voc_classif.py` does. Where a set has no such files, they are
 * from the XML annotations, of which VOC made them.
 *
 * Reference: M. Everingham et al., "The PASCAL Visual Object Classes (VOC)
 * Challenge", 2010.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { type ImageSource, stampFiles } from "@deepcluster/data";
import type { Skipped } from "@deepcluster/metrics";
import { Effect } from "effect";
import { basename, join } from "node:path";
import { annotatedLabels } from "./annotations.ts";
import { classFileLabels } from "./class_files.ts";
import { VocClassError, VocFolderError, VocLineError } from "./errors.ts";
import { labelsOfClasses, type VocLabels } from "./voc_labels.ts";
import { openVocLayout, type VocLayout } from "./voc_layout.ts";

/** Names of the image sets of VOC. */
export type VocSetName = "train" | "val" | "trainval" | "test";

/** Images of a set with what is on them. */
export interface VocSet {
  /** Names of the classes, sorted. */
  readonly classes: readonly string[];
  /** The images under their names, such as `000005`. */
  readonly source: ImageSource;
  /**
   * `[images, classes]`: 1 where an object is there, 0 where none is, -1 where
   * the image does not count.
   */
  readonly targets: Matrix;
}

/** What opening a set fails with. */
export type VocSetError = VocFolderError | VocLineError;

/** A set to learn from and another to evaluate on, of the same classes. */
export interface VocSplit {
  /** Images to learn from. */
  readonly training: VocSet;
  /** Images to evaluate on. */
  readonly test: VocSet;
  /** What of the image sets is not used. */
  readonly skipped: readonly Skipped[];
}

/** What {@link openVocSplit} fails with. */
export type OpenVocSplitError = VocSetError | VocClassError;

/**
 * Opens the two sets of an evaluation.
 *
 * Classes are those of both sets together where they are read from
 * annotations. Reads lists and annotations; no image is opened.
 *
 * @param folder Such as `VOCdevkit/VOC2007`.
 * @param split `trainval` is evaluated on `test`, as in the paper; `train` on
 * `val`, to choose settings.
 * @returns The sets, or the errors of {@link openVocSet}, or `VocClassError`
 * when one set has a class that the other lacks, or `VocFolderError` when an
 * image is in both.
 */
export const openVocSplit: (
  folder: string,
  split: "train" | "trainval",
) => Effect.Effect<VocSplit, OpenVocSplitError> = Effect.fn("openVocSplit")(
  function* (
    folder,
    split,
  ) {
    const evaluated = split === "trainval" ? "test" : "val";
    const layout = yield* openVocLayout(folder);
    const training = yield* labelsIn(layout, split);
    const test = yield* labelsIn(layout, evaluated);
    yield* requireSameClasses(training, test.classes, split);
    yield* requireSameClasses(test, training.classes, evaluated);
    yield* requireDisjoint(training, test, folder, `${split} and ${evaluated}`);
    const classes = [...new Set([...training.classes, ...test.classes])]
      .toSorted();
    return {
      training: yield* openSet(
        layout,
        split,
        labelsOfClasses(training, classes),
      ),
      test: yield* openSet(layout, evaluated, labelsOfClasses(test, classes)),
      skipped: [...training.skipped, ...test.skipped],
    };
  },
);

/**
 * How many images of a set show each class, difficult objects not counted.
 *
 * @param set The set.
 * @returns Counts in the order of the classes.
 */
export const positivesOf = (
  { classes, targets: { rows, columns, data } }: VocSet,
): readonly number[] =>
  classes.map((_, c) => {
    let count = 0;
    for (let i = 0; i < rows; i++) if (data[i * columns + c] === 1) count++;
    return count;
  });

/**
 * Opens one image set, with the classes that it tells of.
 *
 * Every image must exist; none is opened.
 *
 * @param folder Such as `VOCdevkit/VOC2007`.
 * @param name Which set.
 * @returns The set, its images in the order of the first class's file or of the
 * set's list; or `VocFolderError` when the folder is not laid out as VOC's or
 * lacks an image, or `VocLineError` when a line is not an image and 1, 0 or
 * -1, or an image has two labels.
 */
export const openVocSet: (
  folder: string,
  name: VocSetName,
) => Effect.Effect<VocSet, VocSetError> = Effect.fn("openVocSet")(function* (
  folder,
  name,
) {
  const layout = yield* openVocLayout(folder);
  return yield* openSet(layout, name, yield* labelsIn(layout, name));
});

const labelsIn = Effect.fnUntraced(function* (
  layout: VocLayout,
  name: VocSetName,
): Effect.fn.Return<VocLabels, VocSetError> {
  const listed = yield* classFileLabels(layout, name);
  if (listed.classes.length > 0) return listed;
  const annotated = yield* annotatedLabels(layout, name);
  return { ...annotated, skipped: [...listed.skipped, ...annotated.skipped] };
});

const requireSameClasses = Effect.fnUntraced(function* (
  { classes, complete, unlabelled }: VocLabels,
  others: readonly string[],
  name: VocSetName,
): Effect.fn.Return<void, VocClassError | VocLineError> {
  const lacking = others.find((other) => !classes.includes(other));
  if (complete || lacking === undefined) return;
  const file = unlabelled.find((path) =>
    basename(path) === `${lacking}_${name}.txt`
  );
  if (file !== undefined) {
    const problem = `label must be "-1", "0" or "1" (was missing)`;
    return yield* new VocLineError({ file, line: 1, problem });
  }
  return yield* new VocClassError({
    class: lacking,
    rule: "both image sets must have the same classes",
    present: `known to ${name}=${classes.join(" ")}`,
  });
});

/** What was learned from must not be evaluated on. */
const requireDisjoint = Effect.fnUntraced(function* (
  training: VocLabels,
  test: VocLabels,
  folder: string,
  sets: string,
) {
  const learned = new Set(training.ids);
  const both = test.ids.filter((id) => learned.has(id));
  if (both.length === 0) return;
  return yield* new VocFolderError({
    path: folder,
    rule: `no image may be in both ${sets}`,
    found: `${both.length} of ${test.ids.length}, such as ${both[0]}`,
  });
});

const openSet = Effect.fnUntraced(function* (
  layout: VocLayout,
  name: VocSetName,
  { classes, ids, targets }: VocLabels,
): Effect.fn.Return<VocSet, VocFolderError> {
  const label = `${layout.folder} (${name})`;
  if (ids.length === 0) {
    const rule = "every set must have an image";
    return yield* new VocFolderError({ path: label, rule, found: "none" });
  }
  const paths: string[] = [];
  for (const id of ids) paths.push(yield* imagePath(layout, id));
  const source: ImageSource = {
    name: label,
    ids,
    payload: (index) => ({ kind: "file", path: paths[index]! }),
  };
  const { sizes } = yield* stampFiles(source);
  const missing = sizes.findIndex((size) => size < 0);
  if (missing < 0) return { classes, source, targets };
  return yield* new VocFolderError({
    path: paths[missing]!,
    rule: `every image of ${name} must be there`,
    found: `${
      sizes.filter((size) => size < 0).length
    } of ${ids.length} missing`,
  });
});

/** VOC's images are JPEG; others' may be of any kind. */
const imagePath = Effect.fnUntraced(function* (
  { images: { folder, paths } }: VocLayout,
  id: string,
): Effect.fn.Return<string, VocFolderError> {
  const byName = join(folder, `${id}.jpg`);
  const found = paths.get(id) ?? [];
  if (found.length === 0 || found.includes(byName)) return byName;
  if (found.length === 1) return found[0]!;
  return yield* new VocFolderError({
    path: folder,
    rule: "an image must be one file",
    found: found.map((path) => path.slice(folder.length + 1)).join(", "),
  });
});
