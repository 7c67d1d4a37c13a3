/**
 * Images that are left out by name: what a run must not see.
 *
 * @module
 */
import { type LabelledSource, selected } from "@deepcluster/data";
import type { StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import type { SplitListError } from "./errors.ts";
import { listedImages } from "./split_lists.ts";

/** A source without some of its images, and their names. */
export interface Excluded<A extends LabelledSource> {
  /** The other images, in their order. */
  readonly rest: A;
  /** Names of those that are left out, in the order of the source. */
  readonly excluded: readonly string[];
}

/** What {@link excludeListed} fails with. */
export type ExcludeListedError = SplitListError | StorageError;

/**
 * Leaves out the images that a file lists, one a line.
 *
 * A line names an image as in the lists of a split: by its name in the source,
 * by a path, or by the end of its name where no other image's ends so.
 *
 * @param all The source and its labels.
 * @param file The list.
 * @returns The other images; or `SplitListError` with file and line when a
 * line names no image or several, or an image stands twice, or when none or all
 * are listed; or `StorageError` when the file cannot be read.
 */
export const excludeListed: <A extends LabelledSource>(
  all: A,
  file: string,
) => Effect.Effect<Excluded<A>, ExcludeListedError> = Effect.fn(
  "excludeListed",
)(function* <A extends LabelledSource>(all: A, file: string) {
  const lines = yield* listedImages(
    file,
    all.source,
    undefined,
    "exclude images",
  );
  const excluded = [...lines.keys()].sort((a, b) => a - b)
    .map((sourceIndex) => all.source.ids[sourceIndex]!);
  return { rest: excludeNamed(all, excluded), excluded };
});

/**
 * Leaves out images by their names.
 *
 * @param all The source and its labels.
 * @param names Names of images of the source; those that it lacks are left out
 * as well.
 * @returns The other images.
 */
export const excludeNamed = <A extends LabelledSource>(
  all: A,
  names: readonly string[],
): A => {
  const excluded = new Set(names);
  const { ids } = all.source;
  return selected(
    all,
    Int32Array.from(ids.keys()).filter((index) => !excluded.has(ids[index]!)),
  );
};
