/**
 * Makes `letterforms.json` from Roboto Medium (Christian Robertson, Apache
 * License 2.0), as packed in npm's `roboto-fontface` 0.10.0:
 *
 *     npm pack roboto-fontface@0.10.0 && tar xf roboto-fontface-0.10.0.tgz
 *     deno run -A --no-lock --node-modules-dir=none make_letterforms.mjs \
 *       package/fonts/roboto/Roboto-Medium.woff > letterforms.json
 *
 * Latin with the accents of Europe and Vietnam, Greek, Cyrillic and a little
 * punctuation: the advance width and then the outline of each, in thousandths of
 * the font's size, y downwards.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
// A tool run by hand: not worth a dependency of the workspace.
// deno-lint-ignore no-import-prefix
import opentype from "npm:opentype.js@1.3.4";

const bytes = readFileSync(process.argv[2]);
const font = opentype.parse(
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
);
const range = (first, last) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
const characters = [
  ...range(0x20, 0x7e),
  ...range(0xa1, 0x17f), // Latin-1 and Latin Extended-A
  ...range(0x192, 0x1b0), // ƒ, ơ, ư
  ...range(0x218, 0x21b), // ș, ț
  ...range(0x386, 0x3ce), // Greek
  ...range(0x400, 0x45f), // Cyrillic
  ...range(0x490, 0x4e9), // Cyrillic beyond Russia
  ...range(0x1e80, 0x1ef9), // Welsh, ẞ, Vietnamese
].filter((code) => code !== 0xad)
  .map((code) => String.fromCodePoint(code));
const glyphs = {};
for (const character of [...characters, ..."–—‘’“”•…−≈≠≤≥√\ufffd"]) {
  const glyph = font.charToGlyph(character);
  if (glyph.index === 0) continue;
  const { commands } = glyph.getPath(0, 0, 1000);
  const advance = Math.round(glyph.advanceWidth * 1000 / font.unitsPerEm);
  glyphs[character] = `${advance} ${outline(commands)}`;
}
const file = {
  source: "Roboto Medium, Christian Robertson",
  licence: "Apache-2.0",
  glyphs,
};
process.stdout.write(JSON.stringify(file, null, 2) + "\n");

/** Relative SVG path commands with whole numbers. */
function outline(commands) {
  let [x, y] = [0, 0];
  let start = [0, 0];
  let path = "";
  for (const { type, ...at } of commands) {
    const points = ["1", "2", ""].filter((n) => `x${n}` in at)
      .map((n) => [Math.round(at[`x${n}`]), Math.round(at[`y${n}`])]);
    const numbers = points.flatMap(([px, py]) => [px - x, py - y]);
    if (type === "L" && numbers.every((number) => number === 0)) continue;
    path += type.toLowerCase() + numbers.join(" ").replaceAll(" -", "-");
    if (points.length > 0) [x, y] = points.at(-1);
    if (type === "M") start = [x, y];
    if (type === "Z") [x, y] = start;
  }
  return path;
}
