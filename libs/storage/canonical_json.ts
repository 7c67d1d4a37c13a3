/**
 * Configurations as JSON that is equal when they are, and how two differ.
 *
 * @module
 */

/**
 * Writes a value as JSON with sorted keys, so that equal values give equal
 * text whatever the order in which they were made.
 *
 * @param value Plain data. As in `JSON.stringify`, fields that are
 * `undefined` are left out and numbers that are not finite become `null`.
 * @param indent Spaces of indentation; none for one line.
 * @returns The text.
 *
 * @example Keys in any order
 * ```ts
 * import { canonicalJson } from "@deepcluster/storage";
 * import assert from "node:assert/strict";
 *
 * assert.equal(canonicalJson({ b: 1, a: [2] }), '{"a":[2],"b":1}');
 * ```
 */
export const canonicalJson = (value: unknown, indent?: number): string =>
  JSON.stringify(sorted(value), null, indent);

/**
 * Names the fields in which two configurations differ.
 *
 * @param before The one that was; plain data.
 * @param now The one that is; plain data.
 * @returns One line a field, in order: its path and both values, such as
 * `images.size: 64, now 32`. Empty when they are equal.
 */
export const differences = (
  before: unknown,
  now: unknown,
): ReadonlyArray<string> => compare("", before, now);

const compare = (
  path: string,
  before: unknown,
  now: unknown,
): ReadonlyArray<string> => {
  if (isRecord(before) && isRecord(now)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].sort().flatMap((key) =>
      compare(path === "" ? key : `${path}.${key}`, before[key], now[key])
    );
  }
  const [old, young] = [before, now].map((value) =>
    value === undefined ? "absent" : canonicalJson(value)
  );
  return old === young ? [] : [`${path || "the whole"}: ${old}, now ${young}`];
};

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : isRecord(value)
    ? Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => a < b ? -1 : 1)
        .map(([key, field]) => [key, sorted(field)]),
    )
    : value;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
