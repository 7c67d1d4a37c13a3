/**
 * `outliers DIR`: the odd ones out of an index. A rank, never a verdict.
 *
 * @module
 */
import { curated, findOutliers, openSearcher } from "@deepcluster/retrieval";
import { layerTypedEngine } from "@deepcluster/runs";
import { shown } from "@deepcluster/terminal";
import { Console, Effect } from "effect";
import {
  curationOf,
  openIndex,
  pathOf,
  rankedBlocks,
  sheetPathOf,
  writeSheet,
} from "./opened_index.ts";
import { tableFileOf, writeTableFile } from "./result_table.ts";
import type { Values } from "./outliers_flags.ts";

const columns = [
  "path",
  "unusual",
  "cluster",
  "centroid_distance",
  "neighbour_distance",
];

/** Does what `outliers` was asked for. */
export const run = (
  { index: folder, top, out, sheet, json, ...engine }: Values,
) =>
  Effect.gen(function* () {
    const file = yield* tableFileOf(out);
    const sheetPath = yield* sheetPathOf(sheet);
    const index = yield* openIndex(folder, sheet);
    const { clusters } = index;
    const kept = curated(yield* curationOf(index), clusters);
    const ranked = yield* findOutliers(index, yield* openSearcher(index));
    // Whoever dismissed a cluster has seen its images.
    const candidates = ranked.filter(({ row }) =>
      clusters[row]! < 0 || kept[row]! >= 0
    );
    const images = candidates.slice(0, top).flatMap((outlier) =>
      index.imagesOf(outlier.row).map((image) => ({ image, outlier }))
    ).slice(0, top);
    const rows = images.map(({ image, outlier }) => ({
      path: pathOf(image),
      unusual: outlier.unusual,
      cluster: kept[outlier.row]! < 0 ? undefined : kept[outlier.row]!,
      centroid_distance: outlier.centroidDistance,
      neighbour_distance: outlier.neighbourDistance,
    }));
    yield* Console.log(
      json ? JSON.stringify({ images: index.imageCount, outliers: rows }) : [
        `The ${rows.length} most unusual of ${index.imageCount} images, ` +
        "far from both their centroid and their 10 nearest neighbours " +
        "(the percentage is the lower one of the two distances); " +
        "rare is not wrong",
        ...rows.map(({ path, unusual, cluster }, i) =>
          `${i + 1}. ${shown(path)}: farther out than ` +
          `${(unusual * 100).toFixed(2)} % of the images` +
          (cluster === undefined ? "" : `, cluster ${cluster}`)
        ),
      ].join("\n"),
    );
    if (file !== undefined) yield* writeTableFile(file, columns, rows);
    if (sheetPath !== undefined) {
      yield* writeSheet(
        sheetPath,
        "Odd ones out, the most unusual first",
        rankedBlocks(images.map(({ image }) => image)),
      );
    }
  }).pipe(Effect.scoped, Effect.provide(layerTypedEngine(engine)));
