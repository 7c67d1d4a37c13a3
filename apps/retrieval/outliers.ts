/**
 * `outliers DIR`: the odd ones out of an index. A rank, never a verdict.
 *
 * @module
 */
import { curated, findOutliers, openSearcher } from "@deepcluster/retrieval";
import { engineFlags, layerTypedEngine } from "@deepcluster/runs";
import {
  atLeast,
  flagWithDefault,
  fromHere,
  optionalFlag,
  shown,
  switchFlag,
} from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { Command, Flag } from "effect/cli";
import {
  curationOf,
  indexArgument,
  openIndex,
  pathOf,
  sheetLimits,
  writeSheet,
} from "./opened_index.ts";
import { outFlag, tableFileOf, writeTableFile } from "./result_table.ts";

const columns = [
  "path",
  "unusual",
  "cluster",
  "centroid_distance",
  "neighbour_distance",
];

/** The command. */
export const outliers = Command.make(
  "outliers",
  {
    index: indexArgument,
    top: flagWithDefault(
      atLeast("top", 1),
      50,
      "Images that are listed, the most unusual first",
    ),
    out: outFlag("those listed"),
    sheet: optionalFlag(
      Flag.String("sheet").pipe(Flag.withMetavar("FILE.png")),
      "Draw the images",
    ),
    json: flagWithDefault(switchFlag("json"), false, "Print them as JSON"),
    ...engineFlags,
  },
  ({ index: folder, top, out, sheet, json, ...engine }) =>
    Effect.gen(function* () {
      const file = yield* tableFileOf(out);
      const index = yield* openIndex(folder);
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
          "far from their centroid and from their 10 nearest neighbours; " +
          "rare is not wrong",
          ...rows.map(({ path, unusual, cluster }, i) =>
            `${i + 1}. ${shown(path)}: farther out than ` +
            `${(unusual * 100).toFixed(2)} % of the images` +
            (cluster === undefined ? "" : `, cluster ${cluster}`)
          ),
        ].join("\n"),
      );
      if (file !== undefined) yield* writeTableFile(file, columns, rows);
      if (Option.isSome(sheet)) {
        const pictures = images.map(({ image }) => image);
        const blocks = Math.ceil(pictures.length / sheetLimits.images);
        yield* writeSheet(
          fromHere(sheet.value),
          "Odd ones out, the most unusual first",
          Array.from({ length: blocks }, (_, i) => {
            const from = i * sheetLimits.images;
            const some = pictures.slice(from, from + sheetLimits.images);
            const title = `${from + 1} to ${from + some.length}`;
            return { title, images: some };
          }),
        );
      }
    }).pipe(Effect.scoped, Effect.provide(layerTypedEngine(engine))),
).pipe(
  Command.withExamples([
    {
      command:
        "deno task retrieve outliers indexes/photos --sheet outliers.png",
      description: "Fifty images to look at",
    },
  ]),
);
