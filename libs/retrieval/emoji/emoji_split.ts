/**
 * The emoji of the retrieval benchmark: which are kept out of training, and
 * what counts as found.
 *
 * @module
 */
import { draws } from "@deepcluster/core";
import type { EmojiRow } from "@deepcluster/datasets";

/** A drawing of an emoji: what the benchmark knows of an image. */
export type EmojiDrawing = Pick<EmojiRow, "codepoints" | "set">;

/** The part of the emoji that a split holds out: one in five. */
const parts = 5;

/** Emoji of the benchmark, as ranks of drawings, ascending. */
export interface EmojiSplit {
  /** Drawings of a fifth of the emoji: queries, and what is searched. */
  readonly test: Int32Array;
  /** Drawings of the others. */
  readonly train: Int32Array;
}

/**
 * Splits drawings by their emoji, a fifth of the emoji to the test.
 *
 * The draw depends on the names of the emoji alone, so everybody who has the
 * same emoji has the same split.
 *
 * @param drawings All drawings.
 * @param among Which of them are split. Default: all.
 * @param purpose Names the draw: the test, or a validation within training.
 * @returns The split.
 */
export const splitEmoji = (
  drawings: readonly EmojiDrawing[],
  among: Int32Array = Int32Array.from(drawings.keys()),
  purpose: "test" | "validation" = "test",
): EmojiSplit => {
  const emoji = [
    ...new Set(Array.from(among, (i) => drawings[i]!.codepoints)),
  ].sort();
  const drawn = draws(0, `retrieval of emoji, ${purpose}`)
    .sample(Math.floor(emoji.length / parts), emoji.length);
  const held = new Set(Array.from(drawn, (rank) => emoji[rank]!));
  const isHeld = (i: number) => held.has(drawings[i]!.codepoints);
  return { test: among.filter(isHeld), train: among.filter((i) => !isHeld(i)) };
};

/** Two sets of one artist, in which the same emoji has the same shape. */
const twins = ["fluent-emoji", "fluent-emoji-flat"];

/**
 * What a drawing is to a query: `relevant`, the same emoji by another artist;
 * `junk`, the same emoji in the query's set or in its twin, the query itself
 * included, which is neither right nor wrong; or `other`.
 *
 * @param query The drawing that is searched for.
 * @param found Another drawing, or the query.
 * @returns Its relevance.
 */
export const relevanceOf = (
  query: EmojiDrawing,
  found: EmojiDrawing,
): "relevant" | "junk" | "other" => {
  if (query.codepoints !== found.codepoints) return "other";
  const isTwin = [query, found].every(({ set }) => twins.includes(set));
  return query.set === found.set || isTwin ? "junk" : "relevant";
};
