/**
 * `visualise`: the paper's pictures of a model.
 *
 * Paper: section 4.2.
 *
 * @module
 */
import { Command } from "effect/cli";
import { visualiseAscent } from "./visualise_ascent.ts";
import { visualiseClusters } from "./visualise_clusters.ts";
import { visualiseFilters } from "./visualise_filters.ts";
import { visualiseTopImages } from "./visualise_top_images.ts";

/** The command. */
export const visualise = Command.make("visualise").pipe(
  Command.withDescription(
    "Draw what a model has learned: filters, images that filters answer to, " +
      "images of clusters",
  ),
  Command.withSubcommands([
    visualiseFilters,
    visualiseTopImages,
    visualiseAscent,
    visualiseClusters,
  ]),
);
