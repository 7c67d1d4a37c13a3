/**
 * Image sets of a PASCAL VOC folder with their classes.
 *
 * Paper: section 4.4. Classes are read as the authors' `eval_voc_classif.py`
 * reads them: from `ImageSets/Main/<class>_<set>.txt`, where each line holds
 * an image and 1 (an object of the class is there), -1 (none is) or 0 (only
 * "difficult" ones are, so the image does not count for this class). Where a
 * set has no such files, classes are told from the XML annotations, of which
 * VOC made them.
 *
 * Reference: M. Everingham et al., "The PASCAL Visual Object Classes (VOC)
 * Challenge", 2010.
 *
 * @module
 */
import { type Matrix, matrix } from "@deepcluster/core";
import { type ImageSource, stampFiles } from "@deepcluster/data";
import { type } from "arktype";
import { Effect } from "effect";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { annotatedLabels, type VocLabels } from "./annotations.ts";
import { VocClassError, VocFolderError, VocLineError } from "./errors.ts";

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

/** A set to learn from and another to be judged on, of the same classes. */
export interface VocSplit {
  /** Images to learn from. */
  readonly training: VocSet;
  /** Images to be judged on. */
  readonly test: VocSet;
}

/**
 * Opens the two sets of an evaluation.
 *
 * @param folder Such as `VOCdevkit/VOC2007`.
 * @param split `trainval` is judged on `test`, as in the paper; `train` on
 * `val`, to choose settings.
 * @returns The sets, or the errors of {@link openVocSet}, or `VocClassError`
 * when one set has a class that the other lacks, or a class has no image to be
 * judged on.
 */
export const openVocSplit = Effect.fn("openVocSplit")(function* (
  folder: string,
  split: "train" | "trainval",
): Effect.fn.Return<VocSplit, VocSetError | VocClassError> {
  const judged = split === "trainval" ? "test" : "val";
  const training = yield* openVocSet(folder, split);
  const test = yield* openVocSet(folder, judged);
  for (
    const [name, others, without] of [
      ...training.classes.map((c) => [c, test.classes, judged] as const),
      ...test.classes.map((c) => [c, training.classes, split] as const),
    ]
  ) {
    if (others.includes(name)) continue;
    return yield* new VocClassError({
      class: name,
      rule: "both image sets must have the same classes",
      present: `known to ${without}=${others.join(" ")}`,
    });
  }
  const counts = positivesOf(test);
  const bare = counts.indexOf(0);
  if (bare < 0) return { training, test };
  return yield* new VocClassError({
    class: test.classes[bare]!,
    rule: `every class must be on an image of ${judged}, not only as difficult`,
    present: `images=${test.targets.rows}, positive=0`,
  });
});

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
 * Opens one image set.
 *
 * An image that the file of a class does not list does not count for that
 * class. A set without such files is told from annotations, with the same
 * labels as VOC's files have. Every image must exist; none is opened.
 *
 * @param folder Such as `VOCdevkit/VOC2007`.
 * @param name Which set.
 * @returns The set, its images in the order of the first class's file or of the
 * set's list; or
 * `VocFolderError` when the folder is not laid out as VOC's or lacks an image,
 * or `VocLineError` when a line is not an image and 1, 0 or -1, or an image
 * stands twice.
 */
export const openVocSet = Effect.fn("openVocSet")(function* (
  folder: string,
  name: VocSetName,
): Effect.fn.Return<VocSet, VocSetError> {
  const files = yield* classFiles(folder, name);
  const { classes, ids, targets } = files.length === 0
    ? yield* annotatedLabels(folder, name)
    : yield* listedLabels(files);
  const source = sourceOf(folder, name, ids);
  yield* requireImages(source);
  return { classes, source, targets };
});

interface ClassFile {
  readonly class: string;
  readonly path: string;
}

/** Labels as the files of the classes tell them. */
const listedLabels = Effect.fnUntraced(function* (
  files: readonly ClassFile[],
): Effect.fn.Return<VocLabels, VocSetError> {
  const positions = new Map<string, number>();
  const columns: (readonly Line[])[] = [];
  for (const { path } of files) {
    const lines = yield* readLines(path);
    for (const { image } of lines) {
      if (!positions.has(image)) positions.set(image, positions.size);
    }
    columns.push(lines);
  }
  const targets = matrix(positions.size, files.length);
  targets.data.fill(-1);
  columns.forEach((lines, c) => {
    for (const { image, label } of lines) {
      targets.data[positions.get(image)! * files.length + c] = meaning[label];
    }
  });
  const ids = [...positions.keys()];
  return { classes: files.map((file) => file.class), ids, targets };
});

/** VOC's figures as targets of a logistic loss: 0 is "difficult" there. */
const meaning = { "1": 1, "-1": 0, "0": -1 } as const;

const Line = type({ image: /^[^/\\]+$/, label: "'1' | '-1' | '0'" });
type Line = typeof Line.infer;

/** The files of a set, one a class, sorted by class; there may be none. */
const classFiles = Effect.fnUntraced(function* (
  folder: string,
  name: VocSetName,
): Effect.fn.Return<readonly ClassFile[], VocFolderError> {
  const sets = join(folder, "ImageSets", "Main");
  const names = yield* Effect.tryPromise({
    try: () => readdir(sets),
    catch: (cause) =>
      new VocFolderError({
        path: folder,
        rule: "it must hold ImageSets/Main, as VOCdevkit/VOC2007 does",
        found: messageOf(cause),
      }),
  });
  const ending = `_${name}.txt`;
  const files = names.filter((file) =>
    file.endsWith(ending) && file.length > ending.length
  ).toSorted();
  return files.map((file) => ({
    class: file.slice(0, -ending.length),
    path: join(sets, file),
  }));
});

const readLines = Effect.fnUntraced(function* (
  path: string,
): Effect.fn.Return<readonly Line[], VocSetError> {
  const text = yield* Effect.tryPromise({
    try: () => readFile(path, "utf8"),
    catch: (cause) =>
      new VocFolderError({
        path,
        rule: "the file must be readable",
        found: messageOf(cause),
      }),
  });
  const lines: Line[] = [];
  const seen = new Set<string>();
  for (const [index, row] of text.split("\n").entries()) {
    if (row.trim() === "") continue;
    const [image, label, ...more] = row.trim().split(/\s+/);
    const line = Line({ image, label: more.length > 0 ? row.trim() : label });
    const problem = line instanceof type.errors
      ? line.summary
      : seen.has(line.image)
      ? `image must stand once (was ${line.image})`
      : undefined;
    if (line instanceof type.errors || problem !== undefined) {
      return yield* new VocLineError({
        file: path,
        line: index + 1,
        problem: problem!,
      });
    }
    seen.add(line.image);
    lines.push(line);
  }
  return lines;
});

const sourceOf = (
  folder: string,
  name: VocSetName,
  ids: readonly string[],
): ImageSource => ({
  name: `${folder} (${name})`,
  ids,
  payload: (index) => ({
    kind: "file",
    path: resolve(folder, "JPEGImages", `${ids[index]}.jpg`),
  }),
});

const requireImages = Effect.fnUntraced(function* (
  { ids, name, payload }: ImageSource,
): Effect.fn.Return<void, VocFolderError> {
  if (ids.length === 0) {
    const rule = "every set must have an image";
    return yield* new VocFolderError({ path: name, rule, found: "none" });
  }
  const { sizes } = yield* stampFiles({ ids, name, payload });
  const missing = sizes.findIndex((size) => size < 0);
  if (missing < 0) return;
  const count = sizes.filter((size) => size < 0).length;
  return yield* new VocFolderError({
    path: `JPEGImages/${ids[missing]}.jpg in ${name}`,
    rule: "every image of a set must be there",
    found: `${count} of ${sizes.length} missing`,
  });
});

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);
