/**
 * How our cost grows: time of k-means with n, d and k, memory with n, time of
 * an epoch with images. Sizes span two decades; a line is fitted.
 *
 * @module
 */
import { start } from "@deepcluster/clustering";
import { fitLine, type Line, median } from "../measure/statistics.ts";
import { digits, showShare, table } from "../measure/table.ts";
import { seed } from "../works/networks.ts";
import { unitPoints } from "../works/points.ts";
import { type Shared, sharedIn } from "./data.ts";
import { epochSpec } from "./rows/epoch.ts";
import { startSide } from "./side.ts";
import type { Spec } from "./specs.ts";
import { ourStart } from "./starts.ts";

/** What was found. */
export interface Growth {
  /** Name of the row. */
  readonly name: string;
  /** Of what grows: `s` or `MiB`. */
  readonly unit: string;
  /** What was varied. */
  readonly sizes: readonly number[];
  /** Time, or memory beyond the input. */
  readonly costs: readonly number[];
  /** Fitted to them. */
  readonly line: Line;
}

/** A row that varies one size. */
export interface GrowthRow {
  /** Its name; a filter is a part of it. */
  readonly name: string;
  /** Measures every size, in a fresh process each. */
  readonly measure: (threads: number, repeats?: number) => Promise<Growth>;
}

interface Varied {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly repeats: number;
  readonly specOf: (size: number, shared: Shared) => Promise<Spec>;
  /** Bytes of the input: memory beyond it is measured instead of time. */
  readonly inputBytes?: (size: number) => number;
}

const varied = (row: Varied): GrowthRow => ({
  name: row.name,
  measure: async (threads, repeats = row.repeats) => {
    const costs: number[] = [];
    for (const size of row.sizes) {
      costs.push(await costOf(row, size, threads, repeats));
    }
    return {
      name: row.name,
      unit: row.inputBytes === undefined ? "s" : "MiB",
      sizes: row.sizes,
      costs,
      line: fitLine(row.sizes, costs),
    };
  },
});

const costOf = async (
  { specOf, inputBytes }: Varied,
  size: number,
  threads: number,
  repeats: number,
): Promise<number> => {
  const folder = await Deno.makeTempDir({ prefix: "growth-" });
  try {
    const spec = await specOf(size, sharedIn(folder));
    const side = await startSide(ourStart, { threads });
    if ("absent" in side) throw new Error(side.absent);
    await side.open(spec);
    await side.run();
    const seconds: number[] = [];
    while (seconds.length < repeats) seconds.push((await side.run()).seconds);
    const peak = await side.peak();
    await side.close();
    return inputBytes === undefined
      ? median(seconds)
      : (peak - inputBytes(size)) / 2 ** 20;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
};

const kmeansSpec = async (
  [n, d, k]: readonly [n: number, d: number, k: number],
  iterations: number,
  shared: Shared,
): Promise<Spec> => {
  const points = unitPoints(n, d, "unstructured");
  const { centroids } = start(points, { k, seed });
  return {
    kind: "kmeans",
    n,
    d,
    k,
    iterations,
    points: await shared.numbers("points", points.data),
    centroids: await shared.numbers("centroids", centroids.data),
  };
};

/**
 * Unstructured points and two iterations: later ones are cheaper, as bounds
 * then spare most points the products.
 */
export const growths: readonly GrowthRow[] = [
  varied({
    name: "growth kmeans n (d=128 k=1000)",
    sizes: [2000, 6000, 20_000, 60_000, 200_000],
    repeats: 5,
    specOf: (n, shared) => kmeansSpec([n, 128, 1000], 2, shared),
  }),
  varied({
    name: "growth kmeans d (n=20000 k=1000)",
    sizes: [16, 48, 160, 480, 1600],
    repeats: 5,
    specOf: (d, shared) => kmeansSpec([20_000, d, 1000], 2, shared),
  }),
  varied({
    name: "growth kmeans k (n=50000 d=128)",
    sizes: [100, 300, 1000, 3000, 10_000],
    repeats: 5,
    specOf: (k, shared) => kmeansSpec([50_000, 128, k], 2, shared),
  }),
  varied({
    name: "growth kmeans memory n (d=128 k=200)",
    sizes: [10_000, 30_000, 100_000, 300_000, 1_000_000],
    repeats: 1,
    specOf: (n, shared) => kmeansSpec([n, 128, 200], 3, shared),
    inputBytes: (n) => n * 128 * 4,
  }),
  varied({
    name: "growth epoch images",
    sizes: [800, 1600, 3200, 6400, 12_800],
    repeats: 1,
    specOf: (images, shared) => epochSpec(shared, images),
  }),
];

/**
 * Tells a growth: each size, its cost, and the line.
 *
 * @param growth See {@link Growth}.
 * @returns A table and the line under it.
 */
export const growthTable = (
  { name, unit, sizes, costs, line }: Growth,
): string => {
  const { fixed, each, worst } = line;
  const rows = sizes.map((size, i) => [
    String(size),
    digits(costs[i]!),
    digits(fixed + each * size),
  ]);
  return [
    table([name, unit, "line"], rows),
    `${unit} = ${digits(fixed)} + ${each.toExponential(2)} × size, ` +
    `off by ${showShare(worst)} at most`,
  ].join("\n");
};
