/**
 * Image sets of a VOC folder read from the files of the classes,
 * `ImageSets/Main/<class>_<set>.txt`, as the authors' `eval_voc_classif.py`
 * reads them.
 *
 * Each line holds an image and 1 (an object of the class is there), -1 (none
 * is) or 0 (only "difficult" ones are, so the image does not count for this
 * class).
 *
 * @module
 */
import { matrix } from "@deepcluster/core";
import type { Skipped } from "@deepcluster/metrics";
import { Effect } from "effect";
import { join } from "node:path";
import { type VocFolderError, VocLineError } from "./errors.ts";
import type { VocLabels } from "./voc_labels.ts";
import { imageNamed, type VocLayout } from "./voc_layout.ts";
import { readVocLines } from "./voc_text.ts";

/** VOC's figures as targets of a logistic loss: 0 is "difficult" there. */
const meaning: Readonly<Record<string, number>> = { "1": 1, "-1": 0, "0": -1 };

/** What {@link classFileLabels} fails with. */
export type ClassFileLabelsError = VocFolderError | VocLineError;

/**
 * Reads the labels of a set from the files of its classes.
 *
 * An image that the file of a class does not list does not count for that
 * class. A file without any label, such as a list `all_train.txt`, is none of
 * a class.
 *
 * @param layout Of the folder.
 * @param name Of the set.
 * @returns The labels, images in the order of the first class's file, no
 * classes when there are no such files; or `VocLineError` when a line is not
 * an image and 1, 0 or -1, or gives an image a second label.
 */
export const classFileLabels: (
  layout: VocLayout,
  name: string,
) => Effect.Effect<VocLabels, ClassFileLabelsError> = Effect.fnUntraced(
  function* (
    layout,
    name,
  ) {
    const ending = `_${name}.txt`;
    const files = layout.setFiles.filter((file) =>
      file.endsWith(ending) && file.length > ending.length
    );
    const classes: string[] = [];
    const columns: ReadonlyMap<string, number>[] = [];
    const unlabelled: string[] = [];
    const skipped: Skipped[] = [];
    for (const file of files) {
      const path = join(layout.setsFolder, file);
      const rule = "the file of a class must be readable";
      const lines = yield* readVocLines(path, rule);
      if (lines.length > 0 && !lines.some(({ text }) => label.test(text))) {
        unlabelled.push(path);
        skipped.push({ what: file, reason: "no line of it has a label" });
        continue;
      }
      const column = new Map<string, number>();
      for (const line of lines) {
        const [image, target] = yield* labelIn(layout, path, line);
        const before = column.get(image);
        if (before === target) {
          const what = `line ${line.number} of ${file}`;
          skipped.push({ what, reason: `${image} has this label already` });
        } else if (before !== undefined) {
          const problem = `image must have one label (${image} has two)`;
          return yield* lineError(path, line.number, problem);
        }
        column.set(image, target);
      }
      classes.push(file.slice(0, -ending.length));
      columns.push(column);
    }
    const ids = [...new Set(columns.flatMap((column) => [...column.keys()]))];
    const targets = matrix(ids.length, classes.length);
    ids.forEach((id, i) =>
      columns.forEach((column, c) => {
        targets.data[i * classes.length + c] = column.get(id) ?? -1;
      })
    );
    return { classes, ids, targets, complete: false, skipped, unlabelled };
  },
);

/** What ends a line with a label. */
const label = /\s(-1|0|1)$/;

const labelIn = Effect.fnUntraced(function* (
  layout: VocLayout,
  path: string,
  { number, text }: { readonly number: number; readonly text: string },
) {
  const [, image, value] = /^(.*\S)\s+(\S+)$/.exec(text) ?? [, text];
  const target = meaning[value ?? ""];
  if (target === undefined) {
    const problem = `label must be "-1", "0" or "1" (was ` +
      `${value === undefined ? "missing" : `"${value}"`})`;
    return yield* lineError(path, number, problem);
  }
  const id = imageNamed(layout, image!);
  if (id !== undefined) return [id, target] as const;
  const problem = `image must be below JPEGImages (was "${image}")`;
  return yield* lineError(path, number, problem);
});

const lineError = (file: string, line: number, problem: string) =>
  new VocLineError({ file, line, problem });
