/**
 * The commands of retrieval.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
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
    lazyCommand(
      "index",
      "Index images to search them, or bring an index up to date",
      loadModule<typeof import("./index_command_flags.ts")>(
        new URL("./index_command_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./index_command.ts")>(
        new URL("./index_command.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "check",
      "Tell what an index holds, whether it is intact, and how well it is searched",
      loadModule<typeof import("./check_flags.ts")>(
        new URL("./check_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./check.ts")>(
        new URL("./check.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "query",
      "Find the images that are most similar to an image",
      loadModule<typeof import("./query_flags.ts")>(
        new URL("./query_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./query.ts")>(
        new URL("./query.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "assign",
      "Find the cluster of new images, and how unusual they are for it",
      loadModule<typeof import("./assign_flags.ts")>(
        new URL("./assign_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./assign.ts")>(
        new URL("./assign.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "oxford-paris",
      "Mean average precision of R-MAC on Oxford5k, Paris6k or their revisited " +
        "versions, as in the paper",
      loadModule<typeof import("./oxford_paris_flags.ts")>(
        new URL("./oxford_paris_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./oxford_paris.ts")>(
        new URL("./oxford_paris.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "emoji",
      "Find an emoji in other artists' drawings: mean average precision and " +
        "recall beside pixels and random weights",
      loadModule<typeof import("./emoji_flags.ts")>(
        new URL("./emoji_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./emoji.ts")>(
        new URL("./emoji.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "duplicates",
      "Find duplicates: the same bytes, the same pixels, near images; deletes " +
        "nothing",
      loadModule<typeof import("./duplicates_flags.ts")>(
        new URL("./duplicates_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./duplicates.ts")>(
        new URL("./duplicates.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "outliers",
      "Rank the odd ones out: far from their centroid and their neighbours",
      loadModule<typeof import("./outliers_flags.ts")>(
        new URL("./outliers_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./outliers.ts")>(
        new URL("./outliers.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "pick",
      "Pick images to label first: one of each cluster, then more of the " +
        "larger ones",
      loadModule<typeof import("./pick_flags.ts")>(
        new URL("./pick_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./pick.ts")>(
        new URL("./pick.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "disagreements",
      "Find labels that an image's nearest neighbours disagree with",
      loadModule<typeof import("./disagreements_flags.ts")>(
        new URL("./disagreements_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./disagreements.ts")>(
        new URL("./disagreements.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "leaks",
      "Find test images that are among the training images too",
      loadModule<typeof import("./leaks_flags.ts")>(
        new URL("./leaks_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./leaks.ts")>(
        new URL("./leaks.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "clusters",
      "Export clusters: tables, folders of links or copies, contact sheets",
      loadModule<typeof import("./clusters_flags.ts")>(
        new URL("./clusters_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./clusters.ts")>(
        new URL("./clusters.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "serve",
      "Search an index in the browser: a page and a JSON API on this machine",
      loadModule<typeof import("./serve_flags.ts")>(
        new URL("./serve_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./serve.ts")>(
        new URL("./serve.ts", import.meta.url),
      ),
    ),
  ],
);
