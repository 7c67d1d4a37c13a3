/**
 * What `choose-clusters` is typed with.
 *
 * @module
 */
import { engineFlags } from "@deepcluster/runs/flags";
import {
  atLeast,
  flagWithDefault,
  integersFlag,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";
import { presets } from "./configs/mod.ts";

/** Its arguments and flags. */
export const flags = {
  data: Argument.String("data").pipe(
    Argument.withDescription(
      "Features: a matrix of floats in a .npy file of NumPy, one row an " +
        "image, such as `deno task features` writes. Or images, as for " +
        "`train`: a short run learns their features first.",
    ),
  ),
  clusters: optionalFlag(
    integersFlag("clusters", 2),
    "Numbers of clusters to try",
    "2 to 200 in steps of about a quarter, with 20 images to a cluster",
  ),
  pca: flagWithDefault(
    atLeast("pca", 1),
    16,
    "Dimensions that PCA keeps before k-means; they are whitened. In many " +
      "more, such as training's 256, few groups drown in the noise of the " +
      "other dimensions",
  ),
  draws: flagWithDefault(
    atLeast("draws", 2),
    4,
    "Clusterings of each number, each of another part of the images",
  ),
  sample: flagWithDefault(
    atLeast("sample", 10),
    20_000,
    "Use this many images, drawn at random, where there are more",
  ),
  preset: flagWithDefault(
    Flag.Literals("preset", Object.keys(presets) as (keyof typeof presets)[]),
    "small-emoji",
    "Settings of the short run on images",
  ),
  epochs: flagWithDefault(
    atLeast("epochs", 1),
    3,
    "Epochs of the short run on images",
  ),
  seed: flagWithDefault(atLeast("seed", 0), 31, "Seed of every random draw"),
  labels: optionalFlag(
    Flag.String("labels").pipe(Flag.withMetavar("DATA")),
    "Labelled images, to judge clusters of features by; the advice does not " +
      "use them",
  ),
  labelColumn: optionalFlag(
    Flag.String("label-column").pipe(Flag.withMetavar("COLUMN")),
    "Column of a manifest that holds labels",
    "recognised by its name",
  ),
  cache: flagWithDefault(
    Flag.String("cache").pipe(Flag.withMetavar("DIR")),
    "runs/choose-clusters",
    "Folder that keeps clusterings for the next command",
  ),
  out: optionalFlag(
    Flag.String("out").pipe(Flag.withMetavar("FILE")),
    "Write a page with the curves to FILE.html",
  ),
  ...engineFlags,
  json: flagWithDefault(
    switchFlag("json"),
    false,
    "Print the results as JSON",
  ),
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task choose-clusters photos.npy --out clusters.html",
    description: "Features that `deno task features` wrote",
  },
  {
    command: "deno task choose-clusters photos --epochs 5",
    description: "A folder of images, after a run of five epochs",
  },
  {
    command: "deno task choose-clusters photos.npy --clusters 50,100,200,400",
    description: "Other numbers of clusters",
  },
];
