/**
 * What somebody may have meant who typed a name that there is not.
 *
 * @module
 */

/** As many as fit a line. */
const atMost = 3;

/**
 * Finds the names nearest to a mistyped one: those with the fewest letters to
 * change, up to half of them and three; otherwise those that share a word
 * (`--batch-size`, `--batch`; `batchSize`) or have it as initials (`--lr`).
 *
 * @param typed What was typed, such as `--laers`.
 * @param names The names that there are.
 * @returns The nearest, the best first; none when nothing is near.
 *
 * @example Words that others use
 * ```ts
 * import { nearestNames } from "@deepcluster/terminal";
 * import assert from "node:assert/strict";
 *
 * const flags = ["--size", "--batch", "--clusters", "--learning-rate"];
 * assert.deepEqual(nearestNames("--cluster", flags), ["--clusters"]);
 * assert.deepEqual(nearestNames("--batch-size", flags), ["--batch", "--size"]);
 * assert.deepEqual(nearestNames("--lr", flags), ["--learning-rate"]);
 * assert.deepEqual(nearestNames("--resume", flags), []);
 * ```
 */
export const nearestNames = (
  typed: string,
  names: readonly string[],
): readonly string[] => {
  const bare = (name: string) =>
    name.replace(/^-+/, "").replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
  const wanted = bare(typed);
  const rated = (rate: (name: string) => number) =>
    names.map((name) => [rate(bare(name)), name] as const)
      .filter(([rating]) => rating >= 0);
  const close = rated((name) => {
    const changes = editDistance(wanted, name);
    return changes <= Math.min(wanted.length / 2, 3) ? changes : -1;
  });
  if (close.length > 0) {
    const min = Math.min(...close.map(([changes]) => changes));
    return close.filter(([changes]) => changes === min)
      .map(([, name]) => name).slice(0, atMost);
  }
  const words = wordsOf(wanted);
  return rated((name) => {
    const own = wordsOf(name);
    if (own.length > 1 && own.map((word) => word[0]).join("") === wanted) {
      return 0;
    }
    const shared = own.filter((word) => words.includes(word));
    if (shared.length === 0) return -1;
    // The word that is typed first counts most.
    return own.length - shared.length +
      words.indexOf(shared[0]!) / words.length;
  }).toSorted(([a], [b]) => a - b).map(([, name]) => name).slice(0, atMost);
};

/**
 * Asks for what may have been meant.
 *
 * @param near Names, such as those of {@link nearestNames}.
 * @returns `: did you mean --batch or --size?`; nothing without names.
 */
export const didYouMean = (near: readonly string[]): string =>
  near.length === 0
    ? ""
    : `: did you mean ${
      [near.slice(0, -1).join(", "), near.at(-1)].filter(Boolean).join(" or ")
    }?`;

const wordsOf = (name: string): readonly string[] =>
  name.split(/[-_]/).filter((word) => word.length > 0);

/** Letters to insert, remove or replace (Levenshtein), row by row. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(
        row[j]! + 1,
        next[j - 1]! + 1,
        row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      ));
    }
    row = next;
  }
  return row[b.length]!;
};
