/**
 * Which drawing shows which emoji, in nine sets by different artists.
 *
 * Four packages map codepoints to their names of drawings; the names of the
 * other five are found among those of the four and Unicode's own. So the
 * same emoji, drawn by several artists, is known to be the same: a ground
 * truth for evaluating what was learned, never for learning.
 *
 * @module
 */
import { Effect } from "effect";
import type { EmojiPackageError } from "./emoji_errors.ts";
import { drawingsByName, isSkinTone, vectorOf } from "./emoji_icons.ts";
import {
  type EmojiByName,
  keyOf,
  namesInSet,
  namesInUse,
  slugOf,
} from "./emoji_names.ts";
import {
  type Emoji,
  emojiSets,
  type IconSet,
  readEmoji,
  readIconNames,
  readIconSet,
  type ReadPackageFile,
  readPackageFile,
} from "./emoji_packages.ts";

/** One artist's drawing of one emoji. */
export interface EmojiDrawing {
  /** The artist's set. */
  readonly set: string;
  /** What is drawn. */
  readonly emoji: Emoji;
  /** `noto/1f600-grinning-face`: unique, and readable. */
  readonly id: string;
  /** Left, top, width and height of the drawing in units of its own. */
  readonly viewBox: readonly [number, number, number, number];
  /** The SVG elements that it is made of. */
  readonly shapes: string;
}

/** A drawing that is not among the images, and why. */
export interface LeftOutDrawing {
  /** The artist's set. */
  readonly set: string;
  /** The package's name of the drawing, or its id once it had one. */
  readonly drawing: string;
  /**
   * `unmatched`: no emoji has its name. `repeated`: the set draws the emoji
   * twice. `unreadable`: sharp refuses the SVG. `blank`: nothing but white.
   */
  readonly reason: "unmatched" | "repeated" | "unreadable" | "blank";
  /** More words about the reason, perhaps none. */
  readonly detail: string;
}

/** What the packages hold. */
export interface EmojiDrawings {
  /** At most one drawing of an emoji per set, ordered by id. */
  readonly drawings: readonly EmojiDrawing[];
  /** The rest, save skin tones and drawings that Iconify has withdrawn. */
  readonly leftOut: readonly LeftOutDrawing[];
}

/**
 * Lists the emoji drawings of all sets.
 *
 * Reads 175 MB of JSON, one file at a time, in about two seconds; the result
 * holds on to about 60 MB of SVG.
 *
 * @param read How package files are read. Default: from `node_modules`.
 * @returns The drawings, or `EmojiPackageError`.
 */
export const listEmojiDrawings: (
  read?: ReadPackageFile,
) => Effect.Effect<EmojiDrawings, EmojiPackageError> = Effect.fn(
  "listEmojiDrawings",
)(function* (
  read = readPackageFile,
) {
  const emoji = yield* readEmoji(read);
  const names = yield* Effect.forEach(emojiSets, (set) =>
    Effect.map(
      readIconNames(read, set),
      (names) => namesInSet(emoji, names),
    ));
  const anyName = namesInUse(emoji, names);
  const matched: EmojiDrawings[] = [];
  for (const [index, set] of emojiSets.entries()) {
    const own = names[index]!;
    const icons = yield* readIconSet(read, set);
    matched.push(matchSet(set, icons, own.size > 0 ? own : anyName));
  }
  return {
    drawings: matched.flatMap((one) => one.drawings),
    leftOut: matched.flatMap((one) => one.leftOut),
  };
});

/** Finds the emoji of each drawing of a set by its name or another of it. */
const matchSet = (
  set: string,
  icons: IconSet,
  names: EmojiByName,
): EmojiDrawings => {
  const found = new Map<string, EmojiDrawing>();
  const leftOut: LeftOutDrawing[] = [];
  for (const [name, drawing] of drawingsByName(icons)) {
    const emoji = drawing.names
      .map((name) => names.get(keyOf(name)))
      .find((emoji) => emoji !== undefined);
    if (emoji === undefined) {
      if (isSkinTone(name, icons)) continue;
      leftOut.push({ set, drawing: name, reason: "unmatched", detail: "" });
    } else if (found.has(emoji.codepoints)) {
      const detail = emoji.name;
      leftOut.push({ set, drawing: name, reason: "repeated", detail });
    } else {
      found.set(emoji.codepoints, {
        set,
        emoji,
        id: `${set}/${emoji.codepoints}-${slugOf(emoji.name)}`,
        ...vectorOf(icons, drawing),
      });
    }
  }
  const drawings = [...found.values()].sort((a, b) => a.id < b.id ? -1 : 1);
  return { drawings, leftOut };
};
