/**
 * Tiny VOC folders: drawn objects on plain grounds, some of them difficult.
 *
 * @module
 */
import { type Draws, draws } from "@deepcluster/core";
import { Effect, type Scope } from "effect";
import sharp from "sharp";
import { testFolder } from "./folders.ts";

/** Names of the objects that are drawn, sorted. */
export const objects = ["disc", "frame", "stripe"] as const;

/** How many images each set has. */
export type Sizes = Readonly<Record<string, number>>;

/** Where classes are listed: in VOC's files, or in annotations only. */
export type Labelling = "class files" | "annotations";

/**
 * Makes a folder as VOC's. Each object is on about 40 % of the images, and
 * difficult (faint, and 0 in the sets) on a tenth of those.
 */
export const vocFolder = (
  sizes: Sizes,
  labelling: Labelling = "class files",
): Effect.Effect<string, never, Scope.Scope> =>
  Effect.flatMap(
    Effect.promise(async () => {
      const files: Record<string, string | Uint8Array> = {};
      let number = 0;
      for (const [set, size] of Object.entries(sizes)) {
        const lines: string[][] = objects.map(() => []);
        const ids: string[] = [];
        for (let i = 0; i < size; i++) {
          const id = String(++number).padStart(6, "0");
          const { labels, svg } = drawn(draws(3, "voc", set, i));
          const image = sharp(new TextEncoder().encode(svg));
          files[`JPEGImages/${id}.jpg`] = new Uint8Array(
            await image.jpeg().toBuffer(),
          );
          ids.push(id);
          if (labelling === "annotations") {
            files[`Annotations/${id}.xml`] = annotation(labels);
          }
          labels.forEach((label, c) =>
            lines[c]!.push(`${id} ${String(label).padStart(2)}`)
          );
        }
        files[`ImageSets/Main/${set}.txt`] = ids.join("\n") + "\n";
        if (labelling === "annotations") continue;
        objects.forEach((name, c) => {
          files[`ImageSets/Main/${name}_${set}.txt`] = lines[c]!.join("\n") +
            "\n";
        });
      }
      return files;
    }),
    testFolder,
  );

/** What is there also has a difficult one beside it, as crowds do. */
const annotation = (labels: readonly number[]): string => {
  const object = (name: string, difficult: number) =>
    `<object><name>${name}</name><pose>Left</pose>` +
    `<difficult>${difficult}</difficult><bndbox><xmin>1</xmin></bndbox>` +
    "<part><name>head</name></part></object>\n";
  const shown = objects.map((name, c) =>
    labels[c]! < 0
      ? ""
      : object(name, 1) + (labels[c] === 1 ? object(name, 0) : "")
  );
  return `<annotation><folder>VOC2007</folder>\n${shown.join("")}` +
    "<segmented>0</segmented></annotation>\n";
};

/** One image, and 1, -1 or 0 for each object. */
const drawn = (random: Draws) => {
  const labels = objects.map(() =>
    random.uniform() > 0.4 ? -1 : random.uniform() < 0.1 ? 0 : 1
  );
  const grey = () => 90 + random.integer(80);
  const shapes = labels.map((label, c) => {
    if (label < 0) return "";
    const [x, y] = [15 + random.integer(30), 12 + random.integer(20)];
    return `<g opacity="${label === 0 ? 0.1 : 1}">${shape[c]!(x, y)}</g>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="45">
    <rect width="60" height="45" fill="rgb(${grey()},${grey()},${grey()})"/>
    ${shapes.join("")}</svg>`;
  return { labels, svg };
};

const shape: readonly ((x: number, y: number) => string)[] = [
  (x, y) => `<circle cx="${x}" cy="${y}" r="11" fill="red"/>`,
  (x, y) =>
    `<rect x="${x - 10}" y="${y - 10}" width="20" height="20" ` +
    `fill="none" stroke="lime" stroke-width="6"/>`,
  (x) => `<rect x="${x - 5}" width="10" height="45" fill="blue"/>`,
];
