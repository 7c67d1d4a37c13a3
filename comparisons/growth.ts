/**
 * How the cost of our code grows: time of k-means with n, d and k, its memory
 * with n, time of an epoch with the number of images. Sizes span two decades; a
 * line is fitted.
 *
 * @module
 */
import {
  digits,
  fitLine,
  type Line,
  median,
  showPercent,
  table,
} from "@deepcluster/benchmarks/measure";
import { seed, unitPoints } from "@deepcluster/benchmarks/workloads";
import { initialState } from "@deepcluster/clustering";
import type { Conditions } from "./environment.ts";
import { startProcess } from "./process.ts";
import { ourCommand } from "./process_commands.ts";
import { epochSpec } from "./rows/epoch.ts";
import { type SharedFiles, sharedFilesIn } from "./shared_files.ts";
import type { Spec } from "./specs.ts";

/** The cost at every size, and the fitted line. */
export interface Growth {
  /** Name of the row. */
  readonly name: string;
  /** Unit of the costs: `s` or `MiB`. */
  readonly unit: string;
  /** The sizes. */
  readonly sizes: readonly number[];
  /** Time, or memory beyond the input. */
  readonly costs: readonly number[];
  /** Line fitted to the costs. */
  readonly line: Line;
}

/** A row that varies one size. */
export interface GrowthRow {
  /** Its name; a filter is a part of it. */
  readonly name: string;
  /** Measures every size in a fresh process. */
  readonly measure: (
    conditions: Conditions,
    repeats?: number,
  ) => Promise<Growth>;
}

interface Varied {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly repeats: number;
  readonly specOf: (size: number, files: SharedFiles) => Promise<Spec>;
  /** Bytes of the input. If present, memory beyond it is the cost, not time. */
  readonly inputBytes?: (size: number) => number;
}

const varied = (row: Varied): GrowthRow => ({
  name: row.name,
  measure: async (conditions, repeats = row.repeats) => {
    const costs: number[] = [];
    for (const size of row.sizes) {
      costs.push(await costOf(row, size, conditions, repeats));
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
  conditions: Conditions,
  repeats: number,
): Promise<number> => {
  const folder = await Deno.makeTempDir({ prefix: "growth-" });
  try {
    const spec = await specOf(size, sharedFilesIn(folder));
    const process = await startProcess(
      await ourCommand(conditions),
      conditions,
    );
    if ("missing" in process) throw new Error(process.missing);
    await process.open(spec);
    await process.run();
    const seconds: number[] = [];
    while (seconds.length < repeats) {
      seconds.push((await process.run()).seconds);
    }
    const peak = await process.peakBytes();
    await process.close();
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
  files: SharedFiles,
): Promise<Spec> => {
  const points = unitPoints(n, d, "unstructured");
  const { centroids } = initialState(points, { k, seed });
  return {
    kind: "kmeans",
    n,
    d,
    k,
    iterations,
    points: await files.numbers("points", points.data),
    centroids: await files.numbers("centroids", centroids.data),
  };
};

/**
 * Unstructured points and two iterations: later ones are cheaper, as most points
 * then keep their centroid by a bound.
 */
export const growthRows: readonly GrowthRow[] = [
  varied({
    name: "growth kmeans n (d=128 k=1000)",
    sizes: [2000, 6000, 20_000, 60_000, 200_000],
    repeats: 5,
    specOf: (n, files) => kmeansSpec([n, 128, 1000], 2, files),
  }),
  varied({
    name: "growth kmeans d (n=20000 k=1000)",
    sizes: [16, 48, 160, 480, 1600],
    repeats: 5,
    specOf: (d, files) => kmeansSpec([20_000, d, 1000], 2, files),
  }),
  varied({
    name: "growth kmeans k (n=50000 d=128)",
    sizes: [100, 300, 1000, 3000, 10_000],
    repeats: 5,
    specOf: (k, files) => kmeansSpec([50_000, 128, k], 2, files),
  }),
  varied({
    name: "growth kmeans memory n (d=128 k=200)",
    sizes: [10_000, 30_000, 100_000, 300_000, 1_000_000],
    repeats: 1,
    specOf: (n, files) => kmeansSpec([n, 128, 200], 3, files),
    inputBytes: (n) => n * 128 * 4,
  }),
  varied({
    name: "growth epoch images",
    sizes: [800, 1600, 3200, 6400, 12_800],
    repeats: 1,
    specOf: (images, files) => epochSpec(files, "all", images),
  }),
];

/**
 * Returns each size with its cost, and the fitted line.
 *
 * @param growth See {@link Growth}.
 * @returns A Markdown table, and the line under it.
 */
export const growthTable = (
  { name, unit, sizes, costs, line }: Growth,
): string => {
  const { fixed, each, maxRelativeError } = line;
  const rows = sizes.map((size, i) => [
    String(size),
    digits(costs[i]!),
    digits(fixed + each * size),
  ]);
  return [
    table([name, unit, "line"], rows),
    `${unit} = ${digits(fixed)} + ${each.toExponential(2)} × size, ` +
    `largest error ${showPercent(maxRelativeError)}`,
  ].join("\n");
};
