/**
 * `visualise clusters RUN --out DIR`: images of clusters.
 *
 * Paper: section 4.2, the figures of images in clusters.
 *
 * @module
 */
import { openReportImages, type ReportImages } from "@deepcluster/report";
import {
  assignmentEpochs,
  parseConfiguration,
  readAssignedClusters,
  readRun,
  runFiles,
} from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { fromHere, layerProgress, shown } from "@deepcluster/terminal";
import {
  chooseClusters,
  clusterSheet,
  type ClusterSummary,
  summariseCluster,
} from "@deepcluster/visualisation";
import { Console, Effect, Option } from "effect";
import { basename, join } from "node:path";
import { pictureFolder, requireNew } from "./picture_folder.ts";
import { VisualiseError } from "./visualise_errors.ts";
import type { Values } from "./visualise_clusters_flags.ts";

const action = "draw clusters";

/** Does what `clusters` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ run: typed, out, choice, ...values }: Values) {
    yield* requireNew(out);
    const { seed, json, source } = values;
    const run = fromHere(typed);
    const configuration = yield* parseConfiguration(
      yield* readRun(run),
      join(run, runFiles.config),
    );
    const store = folderStore(run);
    const epochs = yield* assignmentEpochs(store);
    const epoch = yield* epochOf(epochs, choice.epoch, shown(run));
    const images = yield* openReportImages(run, configuration, {
      images: Option.getOrUndefined(Option.map(source.images, fromHere)),
      labelColumn: Option.getOrUndefined(source.labelColumn),
    });
    const assignments = yield* readAssignedClusters(store, epoch);
    const clusters = Option.isSome(choice.clusters)
      ? yield* requireClusters(assignments, choice.clusters.value)
      : [...chooseClusters(assignments, {
        by: choice.by,
        count: choice.count,
        seed,
        minimumSize: 2,
      })];
    const missing = new Set<number>();
    const title = `Clusters of ${basename(run)}, epoch ${epoch}`;
    const { labels } = images;
    const picture = yield* clusterSheet({
      assignments,
      load: (index) => squareOf(images, index, choice.tile, missing),
      ...labels && { labels },
    }, {
      clusters: { by: "number", clusters },
      images: { by: "chance", count: choice.each, seed },
      tile: choice.tile,
      tilesPerRow: Math.min(choice.each, 12),
      title,
    }).pipe(Effect.catchTag("SheetSizeError", (error) =>
      new VisualiseError({
        action,
        rule: "the picture of all --clusters, with --each images of --tile " +
          `pixels, must have at most ${error.limit} pixels across and down ` +
          `and ${error.pixelLimit} in all`,
        found: `${error.width} × ${error.height} pixels`,
      })));
    const summaries = clusters.map((cluster) =>
      summariseCluster(assignments, cluster, labels)
    );
    const record = {
      run: basename(run),
      epoch,
      seed,
      clusters: summaries,
      missing: [...missing].sort((a, b) => a - b).map(images.path),
    };
    const { publish } = yield* pictureFolder(out);
    const folder = yield* publish({
      title,
      text: [
        `${clusters.length} of the clusters of epoch ${epoch}` +
        (Option.isSome(choice.clusters)
          ? ""
          : choice.by === "size"
          ? ", the largest"
          : ", drawn at random") +
        `, with ${choice.each} images of each, drawn at random. Of an image ` +
        "the centre is shown, which is what clustering sees of it.",
        ...missing.size === 0 ? [] : [
          `${missingWords(missing.size)}.`,
        ],
      ],
      figures: [{
        name: "clusters",
        picture,
        title: "Images of clusters",
        alt: `Up to ${choice.each} images of each of the clusters ${
          clusters.join(", ")
        }.`,
      }],
      table: tableOf(summaries, labels !== undefined),
      settings: { run: basename(run), epoch, seed },
    }, record);
    if (missing.size > 0) {
      yield* Effect.logWarning(
        `${missingWords(missing.size)}, ` +
          `such as ${images.path([...missing][0]!)}`,
      );
    }
    yield* Console.log(
      json
        ? JSON.stringify(record)
        : `Wrote ${shown(folder)}: ${clusters.length} clusters of epoch ` +
          `${epoch}; open ${shown(folder)}/index.html`,
    );
  },
  (work) => work.pipe(Effect.scoped, Effect.provide(layerProgress())),
);

const epochOf = Effect.fnUntraced(function* (
  epochs: readonly number[],
  epoch: Option.Option<number>,
  run: string,
) {
  const newest = epochs.at(-1);
  if (newest === undefined) {
    const rule = "the run must have finished a clustering";
    return yield* new VisualiseError({ action, rule, found: run });
  }
  if (Option.isNone(epoch)) return newest;
  if (epochs.includes(epoch.value)) return epoch.value;
  return yield* new VisualiseError({
    action,
    rule: `--epoch must be a clustering of the run, ${epochs[0]} to ${newest}`,
    found: `--epoch ${epoch.value}`,
  });
});

const requireClusters = Effect.fnUntraced(function* (
  assignments: Int32Array,
  clusters: readonly number[],
) {
  const occupied = new Set(assignments);
  const empty = clusters.find((cluster) => !occupied.has(cluster));
  if (empty === undefined) return [...new Set(clusters)];
  const largest = assignments.reduce((a, b) => Math.max(a, b), 0);
  return yield* new VisualiseError({
    action,
    rule: "--clusters must be clusters that have images, numbers from 0 to " +
      largest,
    found: `--clusters ${empty}`,
  });
});

/** An image, or a grey square where it is missing. */
const squareOf = (
  images: ReportImages,
  index: number,
  side: number,
  missing: Set<number>,
) =>
  images.square(index, side).pipe(
    Effect.catchTag("UnreadableImageError", () =>
      Effect.sync(() => {
        missing.add(index);
        return new Uint8Array(3 * side ** 2).fill(200);
      })),
    Effect.map((data) => ({ width: side, height: side, data })),
  );

const missingWords = (count: number): string =>
  count === 1
    ? "1 image is missing or cannot be read, and is grey"
    : `${count} images are missing or cannot be read, and are grey`;

const tableOf = (
  summaries: readonly ClusterSummary[],
  isLabelled: boolean,
) => ({
  caption: "Clusters in the order of the picture" +
    (isLabelled ? ", with the commonest label of each" : ""),
  columns: ["Cluster", "Images"]
    .concat(isLabelled ? ["Commonest label", "Images with it"] : []),
  rows: summaries.map(({ cluster, images, label, labelled, fraction = 0 }) => [
    `Cluster ${cluster}`,
    images,
    ...isLabelled
      ? [
        label ?? "none",
        `${Math.round(100 * fraction)} %${
          labelled !== undefined && labelled < images
            ? ` of ${labelled} labelled`
            : ""
        }`,
      ]
      : [],
  ]),
});
