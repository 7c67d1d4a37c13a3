/**
 * Made images whose classes a model can tell apart, for tests of evaluation.
 *
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp from "sharp";

/**
 * Writes stripes across, stripes down and rings, with noise, as PNG files.
 *
 * @param folder Gets a folder for each class: `across`, `down`, `rings`.
 * @param each Images of a class, named `000.png` and on.
 * @param first Number of the first image: other numbers, other images.
 */
export const makeClasses = async (
  folder: string,
  each: number,
  first = 0,
): Promise<void> => {
  const side = 16;
  for (const [kind, [name, patternOf]] of patterns.entries()) {
    for (let i = first; i < first + each; i++) {
      const noise = noiseOf(1 + 3 * i + kind);
      const shift = 4 * noise();
      const data = Uint8Array.from({ length: side * side * 3 }, (_, at) => {
        const pixel = Math.floor(at / 3);
        const wave = patternOf(pixel % side, Math.floor(pixel / side));
        const value = 98 + 70 * Math.sin(1.6 * (wave + shift)) + 60 * noise();
        return Math.max(0, Math.min(255, value));
      });
      const path = join(folder, name, nameOf(i));
      await mkdir(dirname(path), { recursive: true });
      await sharp(data, { raw: { width: side, height: side, channels: 3 } })
        .png().toFile(path);
    }
  }
};

/**
 * Writes a manifest of the images that {@link makeClasses} wrote.
 *
 * @param folder That holds the classes.
 * @param each Images of a class.
 * @param group Images of a class that belong together.
 * @returns Path of the manifest, with the columns path, label, group.
 */
export const makeManifest = async (
  folder: string,
  each: number,
  group: number,
): Promise<string> => {
  const lines = patterns.flatMap(([name]) =>
    Array.from(
      { length: each },
      (_, i) => `${name}/${nameOf(i)},${name},${name}-${Math.floor(i / group)}`,
    )
  );
  const path = join(folder, "images.csv");
  await writeFile(path, ["path,label,group", ...lines, ""].join("\n"));
  return path;
};

const nameOf = (image: number) => `${String(image).padStart(3, "0")}.png`;

const patterns: readonly [string, (x: number, y: number) => number][] = [
  ["across", (_, y) => y],
  ["down", (x) => x],
  ["rings", (x, y) => Math.hypot(x - 7.5, y - 7.5)],
];

/** Numbers from 0 to below 1 of a linear congruential generator. */
const noiseOf = (seed: number) => {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};
