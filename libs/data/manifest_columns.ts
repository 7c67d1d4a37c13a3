/**
 * Which column of a table, or key of an object, holds the paths and which the
 * labels.
 *
 * Only names decide, and where several could hold the paths, whether the first
 * of their values names an image. What stays open is refused, for a guess
 * could give the figures of another column.
 *
 * @module
 */

/** Which parts of a record are read. */
export interface ManifestFields {
  /** Column or key of the path. Default: inferred from the names. */
  readonly pathField?: string;
  /**
   * Column or key of the label. Default: inferred from the names. If given, the
   * manifest must have it.
   */
  readonly labelField?: string;
}

/** The columns of paths and labels, inferred from their names. */
export interface ManifestColumns {
  /** Columns that can hold the paths, by number from 0. */
  readonly paths: readonly number[];
  /** The column of the labels; -1 when there is none. */
  readonly label: number;
}

/**
 * Tells columns by their names.
 *
 * `path` and `label` come first, then the other known names, which may be
 * written in any case, with spaces, hyphens or low lines within. Without a
 * known name, the paths can be in each column that has a name and is none of
 * the labels. A second column that could hold the labels makes it none.
 *
 * @param names Of the columns, in order.
 * @param fields What was asked for; a name that is missing matches nothing.
 * @returns See {@link ManifestColumns}.
 */
export const columnsNamed = (
  names: readonly string[],
  { pathField, labelField }: ManifestFields,
): ManifestColumns => {
  const known = (one: string, others: ReadonlySet<string>) => {
    const first = names.indexOf(one);
    return first >= 0
      ? [first]
      : numbersWhere(names, (name) => others.has(plain(name)));
  };
  const labels = known("label", labelNames);
  const label = labelField === undefined
    ? labels.length === 1 ? labels[0]! : -1
    : names.indexOf(labelField);
  if (pathField !== undefined) {
    return { paths: named(names, pathField), label };
  }
  const paths = known("path", pathNames).filter((at) => at !== label);
  if (paths.length > 0) return { paths, label };
  const others = numbersWhere(names, (name) => name !== "")
    .filter((at) => at !== label && !labels.includes(at));
  return { paths: others, label };
};

/**
 * Whether a record is the header of a table.
 *
 * @param names Fields of the record.
 * @param fields What was asked for.
 * @param isImage Whether a field names an image.
 * @returns Whether a column that was asked for, or of a known name, is among
 * them, and no image.
 */
export const isHeader = (
  names: readonly string[],
  { pathField, labelField }: ManifestFields,
  isImage: (name: string) => boolean,
): boolean =>
  [pathField, labelField].some((name) =>
    name !== undefined && names.includes(name)
  ) ||
  names.some((name) =>
      pathNames.has(plain(name)) || labelNames.has(plain(name))
    ) && !names.some(isImage);

const named = (names: readonly string[], wanted: string): number[] => {
  const at = names.indexOf(wanted);
  return at < 0 ? [] : [at];
};

const numbersWhere = (
  names: readonly string[],
  holds: (name: string) => boolean,
): number[] => [...names.keys()].filter((at) => holds(names[at]!));

const plain = (name: string): string =>
  name.toLowerCase().replaceAll(/[\s_-]/g, "");

const pathNames: ReadonlySet<string> = new Set(
  ("path file filename filepath image imagefile imagefilename imagename " +
    "imagepath img imgpath imgname").split(" "),
);

const labelNames: ReadonlySet<string> = new Set(
  "label labels class classname".split(" "),
);
