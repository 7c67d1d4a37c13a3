/**
 * What `nmi` is typed with.
 *
 * @module
 */
import { atLeast, optionalFlag } from "@deepcluster/terminal";
import { type Command, Flag } from "effect/cli";
import { evaluationFlags, layersFlag, seedsFlag } from "./flags.ts";

/**
 * How images are clustered afresh.
 *
 * @param defaultClusters What happens without `--clusters`, in words.
 * @returns The flags.
 */
export const clusterFlags = (defaultClusters: string) => ({
  clusters: optionalFlag(
    atLeast("clusters", 1).pipe(Flag.withAlias("k")),
    "Run k-means afresh with this many clusters",
    defaultClusters,
  ),
  pca: optionalFlag(
    atLeast("pca", 1),
    "Dimensions that PCA keeps before k-means",
    "the run's, else 256",
  ),
});

/** Its arguments and flags. */
export const flags = {
  ...evaluationFlags,
  layers: layersFlag("features, which are clustered"),
  ...clusterFlags("evaluate the run's own clusters"),
  seeds: seedsFlag(1),
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task evaluate nmi runs/demo data/emoji",
    description: "The clusters of a run's newest epoch",
  },
  {
    command: "deno task evaluate nmi pixels data/emoji --clusters 200",
    description: "Fresh clusters of the pixels",
  },
];
