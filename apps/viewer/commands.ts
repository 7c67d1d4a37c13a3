/**
 * The commands of the viewer: they show what was learned.
 *
 * @module
 */
import {
  commandGroup,
  type LazyCommand,
  lazyCommand,
} from "@deepcluster/terminal";

/** A run as one page. */
export const report: LazyCommand = lazyCommand<typeof import("./report.ts")>(
  "report",
  "Write what there is to see of a run as one page",
  new URL("./report.ts", import.meta.url),
  ({ report }) => report,
);

/** Runs side by side. */
export const compare: LazyCommand = lazyCommand<typeof import("./compare.ts")>(
  "compare",
  "Compare runs: settings that differ, curves, evaluations, and how the " +
    "clusters of one map to those of the others",
  new URL("./compare.ts", import.meta.url),
  ({ compare }) => compare,
);

/** A run in the browser while it goes on. */
export const watch: LazyCommand = lazyCommand<typeof import("./watch.ts")>(
  "watch",
  "Show a run in the browser while it goes on: a page on this machine",
  new URL("./watch.ts", import.meta.url),
  ({ watch }) => watch,
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
    lazyCommand<typeof import("./visualise_filters.ts")>(
      "filters",
      "Draw the filters of a network's first convolution",
      new URL("./visualise_filters.ts", import.meta.url),
      ({ visualiseFilters }) => visualiseFilters,
    ),
    lazyCommand<typeof import("./visualise_top_images.ts")>(
      "top-images",
      "Draw the nine images that activate a filter most, and the parts of them " +
        "that do",
      new URL("./visualise_top_images.ts", import.meta.url),
      ({ visualiseTopImages }) => visualiseTopImages,
    ),
    lazyCommand<typeof import("./visualise_ascent.ts")>(
      "gradient-ascent",
      "Grow an image for each of some filters, by the gradient with respect to " +
        "the image",
      new URL("./visualise_ascent.ts", import.meta.url),
      ({ visualiseAscent }) => visualiseAscent,
    ),
    lazyCommand<typeof import("./visualise_clusters.ts")>(
      "clusters",
      "Draw images of clusters",
      new URL("./visualise_clusters.ts", import.meta.url),
      ({ visualiseClusters }) => visualiseClusters,
    ),
  ],
);
