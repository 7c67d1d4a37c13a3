/**
 * Text as SVG outlines, so that labels look the same on every machine.
 *
 * SVG text needs fonts, which a bare machine or container lacks: it would
 * draw boxes. The outlines are those of Roboto Medium by Christian Robertson
 * (Apache License 2.0), for Latin, Greek, Cyrillic and some punctuation; another
 * character is drawn as a question mark in a diamond. Kerning is left out.
 *
 * @module
 */
import letterforms from "./letterforms.json" with { type: "json" };

/** The position and the look of a text. */
export interface TextStyle {
  /** Left end of the text, or its right end when `align` is `end`. */
  readonly x: number;
  /** The line that letters stand on. */
  readonly y: number;
  /** Size of the font in pixels. */
  readonly size: number;
  /** Any SVG colour. */
  readonly fill: string;
  /** Which end of the text is at `x`. Default: `start`. */
  readonly align?: "start" | "end";
}

/**
 * Draws one line of text.
 *
 * @param text Any text; {@link isLegible} tells whether it can be read.
 * @param style See {@link TextStyle}.
 * @returns An SVG group of outlines.
 */
export const textOutlines = (text: string, style: TextStyle): string => {
  const { size, y, fill } = style;
  const left = style.align === "end"
    ? style.x - textWidth(text, size)
    : style.x;
  const scale = size / 1000;
  let at = 0;
  const paths = glyphsOf(text).map(({ advance, outline }) => {
    const path = outline &&
      `<path d="${outline}" transform="translate(${at})"/>`;
    at += advance;
    return path;
  });
  return `<g fill="${fill}" transform="matrix(${scale} 0 0 ${scale} ${left} ${y})">${
    paths.join("")
  }</g>`;
};

/**
 * Whether text can be drawn so that it can be read.
 *
 * @param text Any text.
 * @returns Whether there is an outline for every character of it.
 */
export const isLegible = (text: string): boolean =>
  Array.from(text.normalize("NFC"))
    .every((character) => character !== "\ufffd" && glyphs.has(character));

/**
 * Width of one line of text.
 *
 * @param text Any text.
 * @param size Size of the font in pixels.
 * @returns Pixels, fractions included.
 */
export const textWidth = (text: string, size: number): number =>
  glyphsOf(text).reduce((sum, glyph) => sum + glyph.advance, 0) * size / 1000;

/**
 * Shortens text that is too long, and ends it in an ellipsis.
 *
 * @param text Any text.
 * @param size Size of the font in pixels.
 * @param width Pixels that it may take.
 * @returns The text, a beginning of it with `…`, or nothing.
 */
export const fitText = (text: string, size: number, width: number): string => {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 0) {
    characters.pop();
    const shorter = `${characters.join("").trimEnd()}…`;
    if (textWidth(shorter, size) <= width) return shorter;
  }
  return "";
};

/** How a character looks, in thousandths of the font's size. */
interface Glyph {
  /** From its left to the left of the next character. */
  readonly advance: number;
  /** Data of an SVG path, empty for a space. */
  readonly outline: string;
}

const glyphs: ReadonlyMap<string, Glyph> = new Map(
  Object.entries(letterforms.glyphs).map(([character, form]) => {
    const space = form.indexOf(" ");
    return [character, {
      advance: Number(form.slice(0, space)),
      outline: form.slice(space + 1),
    }];
  }),
);

const glyphsOf = (text: string): Glyph[] =>
  Array.from(
    text.normalize("NFC"),
    (character) => glyphs.get(character) ?? glyphs.get("\ufffd")!,
  );
