/**
 * The list of the benchmark's test drawings, for `train --exclude`.
 *
 * @module
 */
import type { EmojiRow } from "@deepcluster/datasets";
import { splitEmoji } from "@deepcluster/retrieval";
import { encoded, writeDurably } from "@deepcluster/storage";
import { Effect } from "effect";

/**
 * Writes the paths of the test's drawings, one a line.
 *
 * @param path Where to.
 * @param rows All drawings.
 * @returns How many they are, or `StorageError`.
 */
export const writeTestList = Effect.fnUntraced(function* (
  path: string,
  rows: readonly EmojiRow[],
) {
  const { test } = splitEmoji(rows);
  const lines = Array.from(test, (i) => `${rows[i]!.path}\n`);
  yield* writeDurably(path, encoded(lines.join("")));
  return test.length;
});
