/**
 * The newest clusters of a run.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import {
  clustersSection,
  openReportImages,
  reportClusters,
  type RunHistory,
} from "@deepcluster/report";
import { Effect } from "effect";

/** Fewer than in a report: they are drawn after every clustering. */
const limits = { each: 4, near: 12, far: 4, nearest: 2 };

/**
 * Draws the newest clusters.
 *
 * @param folder The run folder.
 * @param thumbnailFile File that keeps thumbnails.
 * @returns What draws them: a template, nothing before the first clustering;
 * or why they cannot be read.
 */
export const drawClusters =
  (folder: string, thumbnailFile: string) => (history: RunHistory) =>
    Effect.gen(function* () {
      const { configuration, epochs } = history;
      if (epochs.length === 0) return undefined;
      const images = yield* openReportImages(folder, configuration, {
        thumbnailFile,
      });
      const clusters = yield* reportClusters(
        folder,
        configuration,
        images,
        limits,
      );
      return clusters &&
        (yield* clustersSection(
          clusters,
          epochs.find(({ epoch }) => epoch === clusters.epoch)?.report.splits,
        ));
    }).pipe(Effect.provide(Progress.layerSilent));
