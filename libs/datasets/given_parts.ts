/**
 * A folder that is split already: its parts in one order, and what each is for.
 *
 * @module
 */
import {
  type FolderPart,
  type FolderReading,
  type LabelledSource,
  labelsAt,
  subset,
  type SubsetError,
} from "@deepcluster/data";
import { Effect } from "effect";
import { join } from "node:path";
import type { Known, SplitOptions } from "./data_split.ts";
import { UnlabelledDataError } from "./errors.ts";
import { joined, type Part } from "./joined_sources.ts";

/** Images that are split already. */
export interface GivenParts {
  /** Training images, then those of the other parts. */
  readonly whole: Required<LabelledSource>;
  /** The split. */
  readonly known: Extract<Known, { readonly split: unknown }>;
}

/** What {@link givenParts} fails with. */
export type GivenPartsError = SubsetError | UnlabelledDataError;

/**
 * Orders the parts of a folder and says what each is for.
 *
 * The test part is evaluated, or the validation part where there is no other; of
 * both, the validation part takes the place of a fraction of the training images
 * when settings are chosen. All parts are in the source, so that features are
 * computed once for both.
 *
 * @param path Path of the folder.
 * @param opened All its images with their labels.
 * @param folder How it was read; it has parts.
 * @param options With `limit`, training images are drawn: the same that
 * `train --limit` draws.
 * @returns The images and their split, or `SubsetError`, or
 * `UnlabelledDataError` naming a part that has no labels.
 */
export const givenParts: (
  path: string,
  opened: LabelledSource,
  folder: FolderReading,
  options: SplitOptions,
) => Effect.Effect<GivenParts, GivenPartsError> = Effect.fnUntraced(function* (
  path,
  { source, labels },
  { parts },
  { limit, validation: choosesSettings = false },
) {
  const [first, ...others] = parts;
  const test = others[0]!;
  const validation = others[1];
  // Without a part of its own, validation takes a fraction of the training part.
  const evaluated = choosesSettings ? validation : test;
  const ordered: Part[] = [];
  for (const part of [first!, ...others]) {
    const needed = part === first || part === evaluated;
    const sourceIndices = Int32Array.from(source.ids.keys())
      .filter((image) => source.ids[image]!.startsWith(part.prefix));
    const own = labels && labelsAt(labels, sourceIndices);
    if (own === undefined || needed && own.classes.every((c) => c < 0)) {
      const way = part === first || evaluated !== test
        ? ""
        : `, or evaluate on ${
          validation?.prefix ?? "a fraction of the training images"
        } with --validation`;
      return yield* unlabelled(path, part, way);
    }
    const all = {
      source: {
        name: source.name,
        ids: Array.from(
          sourceIndices,
          (sourceIndex) => source.ids[sourceIndex]!,
        ),
        payload: (index: number) => source.payload(sourceIndices[index]!),
      },
      labels: own,
    };
    const drawn = part === first && limit !== undefined
      ? yield* subset(all, limit)
      : all;
    ordered.push({ prefix: "", ...drawn, labels: drawn.labels ?? own });
  }
  const ends = ordered.reduce(
    (ends, { source }) => [...ends, ends.at(-1)! + source.ids.length],
    [0],
  );
  const range = (part: FolderPart) => {
    const rank = parts.indexOf(part);
    const length = ends[rank + 1]! - ends[rank]!;
    return Int32Array.from({ length }, (_, image) => ends[rank]! + image);
  };
  const splitWith = (test: FolderPart) => ({
    train: range(first!),
    test: range(test),
  });
  const named = (test: FolderPart) => `given: ${first!.name} and ${test.name}`;
  const apart = ({ name, images }: FolderPart) =>
    `${name} (${images} image${images === 1 ? "" : "s"})`;
  return {
    whole: joined(path, ordered),
    known: validation === undefined
      ? { split: splitWith(test), description: named(test) }
      : {
        split: splitWith(test),
        description: `${named(test)}; ${apart(validation)} is for --validation`,
        validation: {
          split: splitWith(validation),
          description: `${named(validation)}; ${apart(test)} takes no part`,
        },
      },
  };
});

const unlabelled = (
  path: string,
  { prefix }: FolderPart,
  way: string,
) =>
  new UnlabelledDataError({
    source: join(path, prefix),
    hint: `put each class in a folder of its own${way}`,
  });
