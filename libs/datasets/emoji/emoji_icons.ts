/**
 * Iconify's files of drawings: names, other names, mirror images, SVG.
 *
 * Reference: https://iconify.design/docs/types/iconify-json.html
 *
 * @module
 */
import type { IconSet } from "./emoji_packages.ts";

/** A drawing inside a set. */
export interface IconDrawing {
  /** Its name, then its other names. */
  readonly names: string[];
  /** Name of the drawing that holds the shapes: itself or its original. */
  readonly shapes: string;
  /** Whether it is its original seen in a mirror. */
  readonly mirrored: boolean;
}

/**
 * The drawings of a set with all their names; mirror images count as
 * drawings, plain aliases as names. What Iconify has withdrawn is left out.
 *
 * @param icons The set.
 * @returns Drawings by name, in the order of the file.
 */
export const drawingsByName = (
  icons: IconSet,
): ReadonlyMap<string, IconDrawing> => {
  const drawings = new Map<string, IconDrawing>();
  for (const [name, { hidden }] of Object.entries(icons.icons)) {
    if (hidden) continue;
    drawings.set(name, { names: [name], shapes: name, mirrored: false });
  }
  for (const [name, { parent, hFlip }] of Object.entries(icons.aliases ?? {})) {
    const original = drawings.get(parent);
    if (original === undefined) continue;
    if (hFlip) {
      drawings.set(name, {
        names: [name],
        shapes: original.shapes,
        mirrored: !original.mirrored,
      });
    } else original.names.push(name);
  }
  return drawings;
};

/**
 * Whether a name ends in a skin tone: `…-medium-skin-tone`, or `…-medium`
 * where the drawing without it exists too.
 *
 * @param name Name of a drawing.
 * @param icons Its set.
 * @returns True for the variants with a skin tone, and the tones themselves.
 */
export const isSkinTone = (name: string, icons: IconSet): boolean => {
  if (name.includes("skin-tone")) return true;
  const base = name.replace(
    /-(dark|medium-dark|medium|medium-light|light)$/,
    "",
  );
  return base !== name &&
    (base in icons.icons || base in (icons.aliases ?? {}));
};

/**
 * The shapes of a drawing and the box around them.
 *
 * @param icons Its set.
 * @param drawing One of the set.
 * @returns Left, top, width and height, and SVG elements.
 */
export const vectorOf = (
  icons: IconSet,
  drawing: IconDrawing,
): { viewBox: [number, number, number, number]; shapes: string } => {
  const { body, ...own } = icons.icons[drawing.shapes]!;
  const { left = 0, top = 0, width = 16, height = 16 } = { ...icons, ...own };
  return {
    viewBox: [left, top, width, height],
    shapes: drawing.mirrored
      ? `<g transform="matrix(-1 0 0 1 ${2 * left + width} 0)">${body}</g>`
      : body,
  };
};
