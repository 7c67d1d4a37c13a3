/**
 * Two halves of one set of images as a single source, so that a model looks at
 * all images in one pass.
 *
 * @module
 */
import type { LabelledSource } from "@deepcluster/data";

/** One half: its images, their labels, and what its names begin with. */
export interface Half extends Required<LabelledSource> {
  /** Such as `train`. */
  readonly prefix: string;
}

/**
 * Joins the halves of a set of images.
 *
 * @param name Of the whole.
 * @param halves Whose classes are known by their names: one that only the
 * second half has becomes a class without an image in the first.
 * @returns One source, the images of the first half before those of the
 * second, and one numbering of the classes.
 */
export const joined = (
  name: string,
  halves: readonly Half[],
): Required<LabelledSource> => {
  const names = [...new Set(halves.flatMap(({ labels }) => labels.names))]
    .sort(byNumberOrName);
  const starts: number[] = [];
  let end = 0;
  for (const { source } of halves) {
    starts.push(end);
    end += source.ids.length;
  }
  const halfOf = (index: number) => starts.findLastIndex((s) => s <= index);
  return {
    source: {
      name,
      ids: halves.flatMap(({ prefix, source }) =>
        source.ids.map((id) => `${prefix}/${id}`)
      ),
      payload: (index) => {
        const half = halfOf(index);
        return halves[half]!.source.payload(index - starts[half]!);
      },
    },
    labels: {
      names,
      classes: Int32Array.from(
        halves.flatMap(({ labels }) => {
          const numbers = labels.names.map((own) => names.indexOf(own));
          return Array.from(labels.classes, (own) => numbers[own] ?? -1);
        }),
      ),
    },
  };
};

/** IDX files name their classes by numbers: 10 comes after 9. */
const byNumberOrName = (a: string, b: string): number => {
  const [m, n] = [Number(a), Number(b)];
  if (Number.isFinite(m) && Number.isFinite(n)) return m - n;
  return a < b ? -1 : a > b ? 1 : 0;
};
