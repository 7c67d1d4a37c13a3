/**
 * The commands of retrieval.
 *
 * @module
 */
import {
  commandGroup,
  type LazyCommand,
  lazyCommand,
} from "@deepcluster/terminal";

/** Searches images by image, and looks after clusters. */
export const retrieve: LazyCommand = commandGroup(
  "retrieve",
  "Search images by image, export clusters, find duplicates",
  [
    lazyCommand<typeof import("./index_command.ts")>(
      "index",
      "Index images to search them, or bring an index up to date",
      new URL("./index_command.ts", import.meta.url),
      ({ index }) => index,
    ),
    lazyCommand<typeof import("./check.ts")>(
      "check",
      "Tell what an index holds, whether it is intact, and how well it is searched",
      new URL("./check.ts", import.meta.url),
      ({ check }) => check,
    ),
    lazyCommand<typeof import("./query.ts")>(
      "query",
      "Find the images that are most similar to an image",
      new URL("./query.ts", import.meta.url),
      ({ query }) => query,
    ),
    lazyCommand<typeof import("./assign.ts")>(
      "assign",
      "Find the cluster of new images, and how unusual they are for it",
      new URL("./assign.ts", import.meta.url),
      ({ assign }) => assign,
    ),
    lazyCommand<typeof import("./oxford_paris.ts")>(
      "oxford-paris",
      "Mean average precision of R-MAC on Oxford5k, Paris6k or their revisited " +
        "versions, as in the paper",
      new URL("./oxford_paris.ts", import.meta.url),
      ({ oxfordParis }) => oxfordParis,
    ),
    lazyCommand<typeof import("./emoji.ts")>(
      "emoji",
      "Find an emoji in other artists' drawings: mean average precision and " +
        "recall beside pixels and random weights",
      new URL("./emoji.ts", import.meta.url),
      ({ emoji }) => emoji,
    ),
    lazyCommand<typeof import("./duplicates.ts")>(
      "duplicates",
      "Find duplicates: the same bytes, the same pixels, near images; deletes " +
        "nothing",
      new URL("./duplicates.ts", import.meta.url),
      ({ duplicates }) => duplicates,
    ),
    lazyCommand<typeof import("./outliers.ts")>(
      "outliers",
      "Rank the odd ones out: far from their centroid and their neighbours",
      new URL("./outliers.ts", import.meta.url),
      ({ outliers }) => outliers,
    ),
    lazyCommand<typeof import("./pick.ts")>(
      "pick",
      "Pick images to label first: one of each cluster, then more of the " +
        "larger ones",
      new URL("./pick.ts", import.meta.url),
      ({ pick }) => pick,
    ),
    lazyCommand<typeof import("./disagreements.ts")>(
      "disagreements",
      "Find labels that an image's nearest neighbours disagree with",
      new URL("./disagreements.ts", import.meta.url),
      ({ disagreements }) => disagreements,
    ),
    lazyCommand<typeof import("./leaks.ts")>(
      "leaks",
      "Find test images that are among the training images too",
      new URL("./leaks.ts", import.meta.url),
      ({ leaks }) => leaks,
    ),
    lazyCommand<typeof import("./clusters.ts")>(
      "clusters",
      "Export clusters: tables, folders of links or copies, contact sheets",
      new URL("./clusters.ts", import.meta.url),
      ({ clusters }) => clusters,
    ),
    lazyCommand<typeof import("./serve.ts")>(
      "serve",
      "Search an index in the browser: a page and a JSON API on this machine",
      new URL("./serve.ts", import.meta.url),
      ({ serve }) => serve,
    ),
  ],
);
