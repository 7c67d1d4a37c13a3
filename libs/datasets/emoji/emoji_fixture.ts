/**
 * Tiny packages of drawings for tests: two emoji with a skin tone, a flag,
 * and three artists who disagree about names.
 *
 * @module
 */
import { Effect } from "effect";
import { EmojiPackageError } from "./emoji_errors.ts";
import { emojiSets, type ReadPackageFile } from "./emoji_packages.ts";

/** A square of one colour, on a canvas of 16 by 16. */
export const square = (colour: string): { readonly body: string } => ({
  body: `<path fill="${colour}" d="M4 4h8v8H4z"/>`,
});

/** Package files by name; sets that are not named are empty. */
export const tinyPackages = (
  files: Readonly<Record<string, unknown>> = {},
): ReadPackageFile => {
  const known: Record<string, unknown> = {
    "emoji.json/emoji.json": emoji,
    "@iconify-json/noto/chars.json": {
      "1f600": "grin",
      "002a-20e3": "keycap-star",
      "1f44b-1f3fb": "waving-hand-light-skin-tone",
      "1f1f5-1f1ea": "flag-for-peru",
    },
    "@iconify-json/noto/icons.json": {
      width: 16,
      height: 16,
      icons: {
        "flag-for-peru": { ...square("red"), width: 32 },
        "grin": square("gold"),
        "keycap-star": square("blue"),
        "waving-hand-light-skin-tone": square("tan"),
        "withdrawn": { ...square("grey"), hidden: true },
      },
    },
    "@iconify-json/fxemoji/icons.json": {
      width: 16,
      height: 16,
      icons: {
        "catface": square("white"),
        "flagperu": square("crimson"),
        "grin": square("orange"),
        "rocket-to-mars": square("green"),
        "wavinghand": { body: `<path fill="brown" d="M0 0h4v16H0z"/>` },
      },
      aliases: {
        "wavinghandright": { parent: "wavinghand", hFlip: true },
        "cat-face": { parent: "rocket-to-mars" },
      },
    },
    ...files,
  };
  return (file) => {
    if (file in known) return Effect.succeed(known[file]);
    const set = emojiSets.find((set) => file.includes(`/${set}/`));
    if (set === undefined) {
      return Effect.fail(
        new EmojiPackageError({ file, reason: "no such file" }),
      );
    }
    return Effect.succeed(file.endsWith("icons.json") ? { icons: {} } : {});
  };
};

const entry = (codes: string, name: string, group: string) => ({
  codes,
  name,
  group,
  subgroup: `${group} in particular`,
});

const emoji = [
  entry("1F600", "grinning face", "Faces"),
  entry("1F431", "cat face", "Faces"),
  entry("1F44B", "waving hand", "People"),
  entry("1F44B 1F3FB", "waving hand: light skin tone", "People"),
  entry("1F3FB", "light skin tone", "Component"),
  entry("0023 FE0F 20E3", "keycap", "Signs"),
  entry("002A FE0F 20E3", "keycap", "Signs"),
  entry("1F1F5 1F1EA", "flag: Per\u00fa", "Signs"),
];
