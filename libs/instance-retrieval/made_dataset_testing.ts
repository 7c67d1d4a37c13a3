/**
 * A small dataset in the layout of Oxford5k and Paris6k, and a network, of
 * which `fixtures/make_reference.py` has the figures.
 *
 * Pictures are PNG under names that end in `.jpg`, so that all decoders give
 * the same bytes.
 *
 * @module
 */
import { floatTensor, sizeOf, type Tensors } from "@deepcluster/core";
import type { LayeredModel } from "@deepcluster/features";
import { parameterShapes, small, sobelFilters } from "@deepcluster/models";
import { temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp from "sharp";

/** Longer side to which the pictures are scaled. */
export const madeSize = 96;

/** Seeds of parameters, by layer of each block and field. */
const seeds: Readonly<Record<string, number>> = {
  "features.0.weight": 1,
  "features.1.weight": 4,
  "features.1.bias": 5,
  "features.1.running_mean": 2,
  "features.1.running_var": 3,
  "features.4.weight": 11,
  "features.5.weight": 14,
  "features.5.bias": 15,
  "features.5.running_mean": 12,
  "features.5.running_var": 13,
};

/** Two blocks of the small network, with Sobel filters and made weights. */
export const madeModel = Effect.gen(function* () {
  const network = yield* small({
    sobel: true,
    size: 16,
    channels: [6, 8],
    units: [4],
  });
  const parameters = Object.fromEntries(
    Object.entries(parameterShapes(network)).flatMap(([name, { shape }]) => {
      const seed = seeds[name];
      if (seed === undefined) return [];
      const around = /\.(running_var|weight)$/.test(name) && shape.length === 1
        ? 1
        : 0;
      const values = numbers(seed, sizeOf(shape)).map((value) =>
        value + around
      );
      return [[name, floatTensor(shape, values)]];
    }),
  ) satisfies Tensors;
  return {
    name: "made",
    identity: "made",
    size: 16,
    network,
    parameters: { ...parameters, ...sobelFilters() },
  } satisfies LayeredModel;
});

/** Numbers from -0.5 to below 0.5, the same in every language. */
const numbers = (seed: number, count: number): Float32Array => {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
};

const sizes = [[64, 48], [48, 64], [64, 64], [100, 41], [57, 80]] as const;

/** The pixels of a picture, for sharp. */
const picture = (seed: number, size: number): Promise<Uint8Array> => {
  const [width, height] = sizes[size % 5]!;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        data[at++] = x * (3 + seed % 5) + y * (5 + seed % 3) + 40 * channel +
          ((x >> 3) ^ (y >> 3)) * (11 + 7 * (seed % 4));
      }
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } }).png().toBuffer();
};

/** Name of a picture of Oxford. */
export const nameOf = (i: number): string =>
  `all_souls_${String(i).padStart(6, "0")}`;

/** Lists of a query, with ends of lines as some of the real ones have. */
const lists = (
  stem: string,
  query: string,
  names: Readonly<Record<"good" | "ok" | "junk", readonly number[]>>,
): Readonly<Record<string, string>> => ({
  [`${stem}_query.txt`]: `${query}\n`,
  ...Object.fromEntries(
    Object.entries(names).map(([kind, list]) => [
      `${stem}_${kind}.txt`,
      list.map((i) => `${nameOf(i)}\r\n`).join("") + "\n",
    ]),
  ),
});

/**
 * Writes `oxford` (flat, the prefix `oxc1_`, CR at line ends, a missing
 * picture) and `paris` (nested, a corrupt picture), and the revisited lists.
 */
export const madeDatasets = Effect.gen(function* () {
  const folder = yield* temporaryFolder;
  const files: Record<string, string | Uint8Array> = {
    ...within("oxford/gt", {
      ...lists("all_souls_1", `oxc1_${nameOf(0)} 5 7 43 33`, {
        good: [0, 4],
        ok: [8, 99],
        junk: [6],
      }),
      ...lists("all_souls_2", `oxc1_${nameOf(5)} 10.5 3.25 60.75 44`, {
        good: [5],
        ok: [1],
        junk: [9, 2],
      }),
      ...lists("ashmolean_1", `oxc1_${nameOf(8)} 20 -4 90 30.5`, {
        good: [0, 8],
        ok: [3, 8],
        junk: [],
      }),
    }),
    ...within("paris/lab", {
      "defense_1_query.txt": "paris_defense_000000 1 1 30 30\n",
      "defense_1_good.txt": "paris_defense_000001\r\n",
      "defense_1_ok.txt": "",
      "defense_1_junk.txt": "",
    }),
    "paris/paris/louvre/paris_louvre_000136.jpg": "<html></html>",
    "oxford/gnd_roxford5k.json": JSON.stringify({
      imlist: Array.from({ length: 10 }, (_, i) => nameOf(i + 2)),
      qimlist: [nameOf(0), nameOf(1)],
      gnd: [
        { bbx: [2, 3, 50, 40], easy: [0, 5], hard: [4], junk: [7, 8] },
        { bbx: [4, 6, 40, 61], easy: [3], hard: [], junk: [0] },
      ],
    }),
  };
  yield* Effect.promise(async () => {
    for (let i = 0; i < 12; i++) {
      files[`oxford/jpg/${nameOf(i)}.jpg`] = await picture(i, i);
    }
    for (let i = 0; i < 8; i++) {
      const path = `paris/paris/defense/paris_defense_00000${i}.jpg`;
      files[path] = await picture(49 + i, i + 2);
    }
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  });
  return {
    folder,
    oxford: join(folder, "oxford"),
    paris: join(folder, "paris"),
    cache: join(folder, "cache"),
  };
});

const within = (
  folder: string,
  files: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]),
  );
