/**
 * The parts of one set of images as a single source, so that a model looks at
 * all images in one pass.
 *
 * @module
 */
import type { LabelledSource } from "@deepcluster/data";

/** One part: its images, their labels, and what its names begin with. */
export interface Part extends Required<LabelledSource> {
  /** Such as `train/`; empty where the names are complete already. */
  readonly prefix: string;
}

/**
 * Joins the parts of a set of images.
 *
 * @param name Of the joined source.
 * @param parts Whose classes are known by their names: one that only the
 * second part has becomes a class without an image in the first.
 * @returns One source, the images of the first part before those of the
 * second, and one numbering of the classes.
 */
export const joined = (
  name: string,
  parts: readonly Part[],
): Required<LabelledSource> => {
  const names = [...new Set(parts.flatMap(({ labels }) => labels.names))]
    .sort(byNumberOrName);
  const starts: number[] = [];
  let end = 0;
  for (const { source } of parts) {
    starts.push(end);
    end += source.ids.length;
  }
  const partOf = (index: number) => starts.findLastIndex((s) => s <= index);
  return {
    source: {
      name,
      ids: parts.flatMap(({ prefix, source }) =>
        source.ids.map((id) => prefix + id)
      ),
      payload: (index) => {
        const part = partOf(index);
        return parts[part]!.source.payload(index - starts[part]!);
      },
    },
    labels: {
      names,
      classes: Int32Array.from(
        parts.flatMap(({ labels }) => {
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
