/**
 * The npm packages that hold emoji drawings as SVG, and the Unicode names and
 * groups of emoji.
 *
 * The drawings come from Iconify's packages, one per set, and stay under
 * their artists' licences:
 *
 * | set | artist | licence |
 * | --- | --- | --- |
 * | noto, noto-v1 | Google | Apache 2.0 |
 * | twemoji | Twitter, jdecked | CC BY 4.0 |
 * | fluent-emoji, fluent-emoji-flat | Microsoft | MIT |
 * | emojione | EmojiOne 2, EmojiTwo | CC BY 4.0 |
 * | emojione-v1 | EmojiOne 1 | CC BY-SA 4.0 |
 * | openmoji | OpenMoji | CC BY-SA 4.0 |
 * | fxemoji | Mozilla | Apache 2.0 |
 *
 * Names, groups and subgroups are those of Unicode Emoji 16.0, from the
 * package `emoji.json` (MIT).
 *
 * Files are read and parsed rather than imported, since an imported module,
 * 100 MB in one case, would stay in memory for good.
 *
 * @module
 */
import { type } from "arktype";
import { Effect } from "effect";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { EmojiPackageError } from "./emoji_errors.ts";

/** The sets of drawings, in alphabetical order. */
export const emojiSets = [
  "emojione",
  "emojione-v1",
  "fluent-emoji",
  "fluent-emoji-flat",
  "fxemoji",
  "noto",
  "noto-v1",
  "openmoji",
  "twemoji",
] as const;

/** Name of a set of drawings. */
export type EmojiSetName = typeof emojiSets[number];

/** An emoji as Unicode lists it. */
export interface Emoji {
  /** `1f468-200d-1f373`: hexadecimal, without variation selectors. */
  readonly codepoints: string;
  /** Unicode's short name, such as `man cook`. */
  readonly name: string;
  /** One of 9 groups, such as `People & Body`. */
  readonly group: string;
  /** One of 98 subgroups, such as `person-role`. */
  readonly subgroup: string;
}

const box = {
  "width?": "number > 0",
  "height?": "number > 0",
  "left?": "number",
  "top?": "number",
} as const;

const IconSetFile = type({
  ...box,
  icons: { "[string]": { ...box, body: "string", "hidden?": "boolean" } },
  // Another transformation than hFlip would need drawing code: refuse it.
  "aliases?": {
    "[string]": { "+": "reject", parent: "string", "hFlip?": "boolean" },
  },
});

const NamesFile = type({ "[string]": "string" });

const EmojiFile = type({
  codes: "string",
  name: "string",
  group: "string",
  subgroup: "string",
}).array();

/** The drawings of one set, by Iconify's names. */
export type IconSet = typeof IconSetFile.infer;

/** Reads and parses a JSON file of a package, such as `emoji.json/emoji.json`. */
export type ReadPackageFile = (
  file: string,
) => Effect.Effect<unknown, EmojiPackageError>;

/**
 * Reads a JSON file of an installed npm package.
 *
 * @param file Package and path, such as `@iconify-json/noto/icons.json`.
 * @returns The parsed value, or `EmojiPackageError`.
 */
export const readPackageFile: ReadPackageFile = Effect.fn("readPackageFile")(
  (file: string) =>
    Effect.tryPromise({
      try: async () =>
        JSON.parse(
          await readFile(fileURLToPath(import.meta.resolve(file)), "utf8"),
        ) as unknown,
      catch: (error) => new EmojiPackageError({ file, reason: String(error) }),
    }),
);

/**
 * Reads the drawings of a set.
 *
 * @param read How package files are read.
 * @param set Name of the set.
 * @returns All its drawings, skin tones included, or `EmojiPackageError`.
 */
export const readIconSet = (
  read: ReadPackageFile,
  set: EmojiSetName,
): Effect.Effect<IconSet, EmojiPackageError> =>
  readAs(read, `@iconify-json/${set}/icons.json`, IconSetFile);

/**
 * Reads which drawing of a set shows which emoji, where the package says so:
 * for noto, twemoji, openmoji and fluent-emoji-flat.
 *
 * @param read How package files are read.
 * @param set Name of the set.
 * @returns Iconify's name by codepoints, perhaps empty, or
 * `EmojiPackageError`.
 */
export const readIconNames = (
  read: ReadPackageFile,
  set: EmojiSetName,
): Effect.Effect<ReadonlyMap<string, string>, EmojiPackageError> =>
  Effect.map(
    readAs(read, `@iconify-json/${set}/chars.json`, NamesFile),
    (names) =>
      new Map(
        Object.entries(names).map(([codes, name]) => [normalise(codes), name]),
      ),
  );

/**
 * Reads the emoji of Unicode, without skin tones and lone components.
 *
 * @param read How package files are read.
 * @returns 1 906 emoji in Unicode's order, or `EmojiPackageError`.
 */
export const readEmoji = (
  read: ReadPackageFile,
): Effect.Effect<readonly Emoji[], EmojiPackageError> =>
  Effect.map(
    readAs(read, "emoji.json/emoji.json", EmojiFile),
    (entries) =>
      entries
        .map(({ codes, ...entry }) => ({
          codepoints: normalise(codes),
          ...entry,
        }))
        .filter((emoji) =>
          emoji.group !== "Component" && !skinTone.test(emoji.codepoints)
        ),
  );

/** The five modifiers of Fitzpatrick's scale. */
const skinTone = /1f3f[b-f]/;

/** `0023 FE0F 20E3` and `23-20e3` are the same emoji. */
const normalise = (codes: string): string =>
  codes.split(/[ -]/)
    .map((code) => Number.parseInt(code, 16).toString(16))
    .filter((code) => code !== "fe0f")
    .join("-");

/** Reads a file and checks it against what it should hold. */
const readAs = <T>(
  read: ReadPackageFile,
  file: string,
  expected: (value: unknown) => T | type.errors,
): Effect.Effect<T, EmojiPackageError> =>
  Effect.flatMap(read(file), (value) => {
    const checked = expected(value);
    return checked instanceof type.errors
      ? Effect.fail(new EmojiPackageError({ file, reason: checked.summary }))
      : Effect.succeed(checked);
  });
