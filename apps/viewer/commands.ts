/**
 * The commands of the viewer: they show what was learned.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
import {
  commandGroup,
  type LazyCommand,
  lazyCommand,
} from "@deepcluster/terminal";

/** A run as one page. */
export const report: LazyCommand = lazyCommand(
  "report",
  "Write what there is to see of a run as one page",
  loadModule<typeof import("./report_flags.ts")>(
    new URL("./report_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./report.ts")>(
    new URL("./report.ts", import.meta.url),
  ),
);

/** Runs side by side. */
export const compare: LazyCommand = lazyCommand(
  "compare",
  "Compare runs: settings that differ, curves, evaluations, and how the " +
    "clusters of one map to those of the others",
  loadModule<typeof import("./compare_flags.ts")>(
    new URL("./compare_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./compare.ts")>(
    new URL("./compare.ts", import.meta.url),
  ),
);

/** A run in the browser while it goes on. */
export const watch: LazyCommand = lazyCommand(
  "watch",
  "Show a run in the browser while it goes on: a page on this machine",
  loadModule<typeof import("./watch_flags.ts")>(
    new URL("./watch_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./watch.ts")>(
    new URL("./watch.ts", import.meta.url),
  ),
);

/**
 * The paper's pictures of a model.
 *
 * Paper: section 4.2.
 */
export const visualise: LazyCommand = commandGroup(
  "visualise",
  "Draw what a model has learned: filters, images that filters answer to, " +
    "images of clusters",
  [
    lazyCommand(
      "filters",
      "Draw the filters of a network's first convolution",
      loadModule<typeof import("./visualise_filters_flags.ts")>(
        new URL("./visualise_filters_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./visualise_filters.ts")>(
        new URL("./visualise_filters.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "top-images",
      "Draw the nine images that activate a filter most, and the parts of them " +
        "that do",
      loadModule<typeof import("./visualise_top_images_flags.ts")>(
        new URL("./visualise_top_images_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./visualise_top_images.ts")>(
        new URL("./visualise_top_images.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "gradient-ascent",
      "Grow an image for each of some filters, by the gradient with respect to " +
        "the image",
      loadModule<typeof import("./visualise_ascent_flags.ts")>(
        new URL("./visualise_ascent_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./visualise_ascent.ts")>(
        new URL("./visualise_ascent.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "clusters",
      "Draw images of clusters",
      loadModule<typeof import("./visualise_clusters_flags.ts")>(
        new URL("./visualise_clusters_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./visualise_clusters.ts")>(
        new URL("./visualise_clusters.ts", import.meta.url),
      ),
    ),
  ],
);
