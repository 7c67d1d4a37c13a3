/**
 * Emoji by the names that artists gave their drawings.
 *
 * @module
 */
import type { Emoji } from "./emoji_packages.ts";

/** Emoji by {@link keyOf} of a name. */
export type EmojiByName = ReadonlyMap<string, Emoji>;

/**
 * Emoji by the names in one set.
 *
 * @param emoji All emoji.
 * @param names The set's name of a drawing, by codepoints.
 * @returns The emoji of each name.
 */
export const namesInSet = (
  emoji: readonly Emoji[],
  names: ReadonlyMap<string, string>,
): EmojiByName =>
  new Map(
    emoji.flatMap((one) => {
      const name = names.get(one.codepoints);
      return name === undefined ? [] : [[keyOf(name), one]];
    }),
  );

/**
 * Emoji by any name in use: Unicode's, or else that of a set, where earlier
 * sets hold against later ones. A name that Unicode gives to several emoji,
 * such as `keycap`, is left to the sets.
 *
 * @param emoji All emoji.
 * @param sets Names in some sets, from {@link namesInSet}.
 * @returns The emoji of each name.
 */
export const namesInUse = (
  emoji: readonly Emoji[],
  sets: readonly EmojiByName[],
): EmojiByName => {
  const names = new Map<string, Emoji>();
  const ambiguous = new Set<string>();
  for (const one of emoji) {
    const key = keyOf(slugOf(one.name));
    if (names.has(key)) ambiguous.add(key);
    names.set(key, one);
  }
  for (const key of ambiguous) names.delete(key);
  for (const [key, one] of sets.flatMap((set) => [...set])) {
    if (!names.has(key)) names.set(key, one);
  }
  return names;
};

/**
 * What several spellings of a drawing's name have in common: `flag-for-peru`
 * and `flag-peru`, `kissingcat` and `kissing-cat`.
 *
 * @param name Name of a drawing.
 * @returns Letters and digits only.
 */
export const keyOf = (name: string): string =>
  name.replace(/^flag-for-(flag-)?/, "flag-").replace(/[^a-z0-9]/g, "");

/**
 * Unicode's name of an emoji as Iconify and file names spell it.
 *
 * @param name Such as `flag: Côte d’Ivoire`.
 * @returns Such as `flag-cote-d-ivoire`.
 */
export const slugOf = (name: string): string =>
  name.normalize("NFD").replace(/\p{Mark}/gu, "").toLowerCase()
    .replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
