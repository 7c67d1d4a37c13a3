/**
 * What `cluster` is typed with.
 *
 * @module
 */
import { engineFlags } from "@deepcluster/runs/flags";
import {
  atLeast,
  flagWithDefault,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";
import { resultFlags } from "./flags.ts";

/** Its arguments and flags. */
export const flags = {
  features: Argument.String("features").pipe(
    Argument.withDescription(
      "Matrix of floats in a .npy file of NumPy, one row an image.",
    ),
  ),
  clusters: atLeast("clusters", 1).pipe(
    Flag.withAlias("k"),
    Flag.withDescription("Number of clusters."),
  ),
  out: Flag.String("out").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("New folder for the clusters and their figures."),
  ),
  pca: optionalFlag(
    atLeast("pca", 1),
    "Dimensions that PCA keeps before k-means; they are whitened, and rows " +
      "scaled to length 1",
    "256, fewer where the features have fewer",
  ),
  noPca: flagWithDefault(
    switchFlag("no-pca"),
    false,
    "Cluster the features as they are",
  ),
  iterations: flagWithDefault(
    atLeast("iterations", 1),
    20,
    "Lloyd iterations of k-means",
  ),
  seed: flagWithDefault(atLeast("seed", 0), 31, "Seed of every random draw"),
  paths: optionalFlag(
    Flag.String("paths").pipe(Flag.withMetavar("FILE")),
    "Names of the rows, one a line",
    "FEATURES.paths.txt where it exists, else the rows' numbers",
  ),
  ...engineFlags,
  json: resultFlags.json,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task cluster features.npy --clusters 200 --out clusters",
    description: "Reduced to 256 dimensions and whitened, as in the paper",
  },
  {
    command: "deno task cluster clip.npy --clusters 50 --no-pca --out clusters",
    description: "Embeddings as they are",
  },
];
