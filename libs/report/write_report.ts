/**
 * Writes the report of a run: one file of HTML.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import type { OptionError, Progress } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import { type StorageError, writeDurably } from "@deepcluster/storage";
import type { ReadAssignmentsError } from "@deepcluster/runs";
import { Effect, type Scope } from "effect";
import { dirname, join, resolve } from "node:path";
import {
  reportClusters,
  type ReportClustersOptions,
} from "./clusters/report_clusters.ts";
import { clustersSection } from "./clusters/clusters_section.ts";
import { reportPage } from "./document/report_page.ts";
import {
  filtersPart,
  mapPart,
  type PartOptions,
  topImagesPart,
} from "./document/report_parts.ts";
import {
  compareWithLabels,
  type CompareWithLabelsError,
} from "./history/compare_with_labels.ts";
import type { ReportWarning, RunHistory } from "./history/history.ts";
import {
  readRunHistory,
  type ReadRunHistoryError,
} from "./history/read_run_history.ts";
import { warningsOf } from "./history/warnings.ts";
import {
  openReportImages,
  type OpenReportImagesError,
} from "./images/report_images.ts";
import { openOnce } from "./images/run_image_set.ts";
import { reportName } from "./report_name.ts";
import { requirePage } from "./require_page.ts";

/** How {@link writeReport} writes a report. */
export interface WriteReportOptions extends PartOptions {
  /** Images of a run of the network. Default: as when the run was trained. */
  readonly batch?: number;
  /** The file, FILE.html. Default: `report.html` in the run folder. */
  readonly out?: string;
  /** Where the images are now. Default: where the run found them. */
  readonly images?: string;
  /** Column of the labels. Default: that of the run. */
  readonly labelColumn?: string;
  /**
   * Whether images are in it, and links to their files. Default: true. Without
   * them it tells no path and no name of an image.
   */
  readonly thumbnails?: boolean;
  /** How many clusters and images are shown. Default: as `reportClusters` does. */
  readonly clusters?: Omit<ReportClustersOptions, "seed">;
}

/** What {@link writeReport} can fail with. */
export type WriteReportError =
  | CompareWithLabelsError
  | OpenReportImagesError
  | OptionError
  | ReadAssignmentsError
  | ReadRunHistoryError
  | StorageError;

/** A report that was written. */
export interface WrittenReport {
  /** Absolute path of the file. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** The run's figures. */
  readonly history: RunHistory;
  /** The warnings in it. */
  readonly warnings: readonly ReportWarning[];
}

/**
 * Writes the report of a run, also while a process works on it.
 *
 * The same run gives the same bytes. The file appears whole or not at all; an
 * older report at its place is replaced. A part that cannot be made, such as
 * the map before the first checkpoint, says why in its place. What takes a pass
 * over the images is kept in the run folder and the cache.
 *
 * @param folder The run folder.
 * @param options See {@link WriteReportOptions}.
 * @returns What was written, or `OptionError` when `out` cannot be a page or
 * there is no such `layer`, or the errors of the run folder's files, or `StorageError`.
 */
export const writeReport: (
  folder: string,
  options: WriteReportOptions,
) => Effect.Effect<
  WrittenReport,
  WriteReportError,
  Assigner | Backend | Progress | Scope.Scope
> = Effect.fn("writeReport")(function* (folder, options) {
  const path = resolve(options.out ?? join(folder, reportName));
  const noted = yield* readRunHistory(folder);
  yield* requirePage(path, "write a report");
  const { configuration, epochs } = noted;
  const images = yield* openReportImages(folder, configuration, {
    images: options.images,
    labelColumn: options.labelColumn,
    thumbnails: options.thumbnails,
    pageFolder: dirname(path),
  });
  if (images.unopened !== undefined) {
    yield* Effect.logWarning(
      `${images.unopened}; say where the images are with --images`,
    );
  }
  const compared = options.labelColumn === undefined &&
    epochs.some(({ nmiToLabels }) => nmiToLabels !== undefined);
  const history = images.labels === undefined || compared
    ? noted
    : yield* compareWithLabels(noted, images.labels);
  const warnings = warningsOf(history);
  const run = { folder, images, open: openOnce(folder) };
  const parts = { batch: configuration.extractBatch, ...options };
  // First, as it refuses a layer that does not exist.
  const drawTopImages = yield* topImagesPart(run, parts);
  // The map is laid out in a thread, while pictures are drawn.
  const [map, { topImages, clusters }] = yield* Effect.all([
    mapPart(run, parts),
    Effect.gen(function* () {
      const topImages = yield* drawTopImages;
      const clusters = yield* reportClusters(folder, configuration, images, {
        ...options.clusters,
        ...options.seed !== undefined && { seed: options.seed },
      });
      return { topImages, clusters };
    }),
  ], { concurrency: 2 });
  const page = yield* reportPage({
    history,
    warnings,
    clusters: clusters === undefined ? [] : [...clusters.clusters.values()],
    sections: [
      {
        id: "clusters",
        title: "Clusters",
        body: clusters === undefined
          ? "No epoch has a clustering yet."
          : yield* clustersSection(clusters, epochs.at(-1)?.report.splits),
      },
      map,
      yield* filtersPart(run),
      topImages,
    ],
  });
  const { bytes } = yield* writeDurably(path, new TextEncoder().encode(page));
  return { path, bytes, history, warnings };
});
