/**
 * Images for the examples, so that these need nothing but themselves: four
 * groups of drawings, each in random colours, sizes and places.
 *
 * @module
 */
import { draws } from "@deepcluster/core";
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";

/** Pixels across and down a drawing. */
export const drawingSide = 48;

/** A number between two others. */
type Between = (least: number, most: number) => number;

/** SVG of each group, dark on a light ground. */
const shapes: Readonly<Record<string, (between: Between) => string>> = {
  checks: (between) => {
    const s = between(5, 8);
    return `<pattern id="p" width="${2 * s}" height="${2 * s}"
        x="${between(0, 9)}" y="${between(0, 9)}" patternUnits="userSpaceOnUse">
        <path d="M0 0h${s}v${2 * s}h${s}v${-s}h${-2 * s}z"/>
      </pattern><rect width="100%" height="100%" fill="url(#p)"/>`;
  },
  rings: (between) =>
    `<circle cx="${between(18, 30)}" cy="${between(18, 30)}"
      r="${between(10, 14)}" fill="none" stroke="currentColor"
      stroke-width="${between(4, 7)}"/>`,
  stripes: (between) => {
    const step = between(7, 10);
    return `<pattern id="p" width="${step}" height="48"
        patternTransform="rotate(${between(-15, 15)})"
        patternUnits="userSpaceOnUse">
        <rect width="${step / 2}" height="48"/>
      </pattern><rect width="100%" height="100%" fill="url(#p)"/>`;
  },
  triangles: (between) =>
    `<path d="M0 -14l13 24h-26z" transform="translate(${between(20, 28)}
      ${between(20, 28)}) scale(${between(1, 1.4)})"/>`,
};

/** Names of the groups. */
export const groups: readonly string[] = Object.keys(shapes);

/**
 * Draws one image; the same group and number give the same drawing.
 *
 * @param group One of {@link groups}.
 * @param number Which image of the group.
 * @returns An SVG file of {@link drawingSide} pixels across and down.
 */
export const drawing = (group: string, number: number): Buffer => {
  const { uniform } = draws(7, group, number);
  const between: Between = (least, most) => least + (most - least) * uniform();
  const hue = between(0, 360);
  const ground = `hsl(${hue} 60% ${between(75, 95)}%)`;
  const ink = `hsl(${hue + between(90, 270)} 60% ${between(20, 45)}%)`;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" color="${ink}" fill="${ink}"
      width="${drawingSide}" height="${drawingSide}">
      <rect width="100%" height="100%" fill="${ground}"/>
      ${shapes[group]!(between)}
    </svg>`,
  );
};

/**
 * Makes a folder of PNG files, in a folder for each group.
 *
 * @param folder Where to; made when it does not exist.
 * @param each Images of each group.
 * @returns Nothing.
 */
export const makeImages = (folder: string, each: number): Effect.Effect<void> =>
  Effect.promise(async () => {
    for (const group of groups) {
      await mkdir(join(folder, group), { recursive: true });
      for (let number = 0; number < each; number++) {
        const path = join(folder, group, `${number}.png`);
        await sharp(drawing(group, number)).png().toFile(path);
      }
    }
  });

/**
 * Draws frames side by side into one picture, groups by turns.
 *
 * @param path PNG file to write.
 * @param columns Frames across.
 * @param rows Frames down.
 * @returns Group of each frame, row by row.
 */
export const makeSheet = (
  path: string,
  columns: number,
  rows: number,
): Effect.Effect<Int32Array> =>
  Effect.promise(async () => {
    const shown = Int32Array.from(
      { length: columns * rows },
      (_, frame) => frame % groups.length,
    );
    const width = columns * drawingSide;
    const height = rows * drawingSide;
    await sharp({ create: { width, height, channels: 3, background: "white" } })
      .composite(Array.from(shown, (group, frame) => ({
        input: drawing(groups[group]!, frame),
        left: drawingSide * (frame % columns),
        top: drawingSide * Math.floor(frame / columns),
      })))
      .png().toFile(path);
    return shown;
  });
