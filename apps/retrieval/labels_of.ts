/**
 * Labels of the images of an index, read from outside and kept nowhere.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import { type OpenError, openSource } from "@deepcluster/datasets";
import { fromHere } from "@deepcluster/terminal";
import { Effect, Option } from "effect";
import { join } from "node:path";
import { type LocatedImage, pathOf } from "./opened_index.ts";

/** Labels of images. */
export interface LabelledImages {
  /** Class of each image, -1: none. */
  readonly labels: Int32Array;
  /** Names of the classes. */
  readonly names: readonly string[];
}

/**
 * Reads labels and finds the images of an index that they belong to, by the
 * paths of their files, or by their names in the same source.
 *
 * @param images The images.
 * @param data As it was typed.
 * @param column Value of `--label-column`.
 * @returns The labels, or `OptionError` when no image has one, or why they
 * cannot be read.
 */
export const labelsOf = Effect.fnUntraced(function* (
  images: readonly LocatedImage[],
  data: string,
  column: Option.Option<string>,
): Effect.fn.Return<LabelledImages, OpenError | OptionError> {
  const root = fromHere(data);
  const { source, labels } = yield* openSource(root, {
    ...Option.isSome(column) && { labelField: column.value },
  });
  const classes = new Map<string, number>();
  labels?.classes.forEach((label, index) => {
    const payload = source.payload(index);
    classes.set(join(root, source.ids[index]!), label);
    if (payload.kind === "file") classes.set(payload.path, label);
  });
  const found = Int32Array.from(
    images,
    (image) =>
      classes.get(pathOf(image)) ??
        classes.get(join(image.root, image.path)) ?? -1,
  );
  const labelled = found.filter((label) => label >= 0).length;
  if (labelled === 0) {
    return yield* new OptionError({
      action: "compare labels with neighbours",
      option: "labels",
      rule: "a folder for each class, or a manifest with a column of labels, " +
        "of images that are in the index",
      value: data,
    });
  }
  if (labelled < images.length) {
    yield* Effect.logWarning(
      `${images.length - labelled} of ${images.length} images have no label ` +
        "and are left out",
    );
  }
  return { labels: found, names: labels!.names };
});
