/**
 * Records whose entries are changed one by one.
 *
 * @module
 */

/**
 * Maps the entries of a record.
 *
 * @param record Any record.
 * @param map Gives the new entry.
 * @returns The new entries by the same names.
 */
export const mapRecord = <A, B>(
  record: Readonly<Record<string, A>>,
  map: (entry: A, name: string) => B,
): Readonly<Record<string, B>> =>
  Object.fromEntries(
    Object.entries(record).map(([name, entry]) => [name, map(entry, name)]),
  );
