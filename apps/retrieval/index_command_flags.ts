/**
 * What `index` is typed with.
 *
 * @module
 */
import { manifestFormats } from "@deepcluster/data/manifest-formats";
import {
  engineFlags,
  modelArgument,
  modelFlags,
} from "@deepcluster/runs/flags";
import {
  atLeast,
  flagWithDefault,
  notNegative,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";

/** Its arguments and flags. */
export const flags = {
  model: modelArgument,
  images: Argument.String("images").pipe(
    Argument.withDescription(
      "All images that the index is to hold: folders, manifests, IDX files, " +
        "rendered emoji. An image that is left out is removed from the " +
        "index. None if MODEL is a .npy file of vectors.",
    ),
    Argument.variadic(),
  ),
  index: Flag.String("index").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("Folder of the index, made when it is new."),
  ),
  choice: modelFlags,
  layer: optionalFlag(
    Flag.String("layer").pipe(Flag.withMetavar("NAME")),
    "Layer whose output is the vector of an image, by either name: conv2 or " +
      "features.6",
    "features, which are clustered; the only one of `pixels`",
  ),
  rmac: flagWithDefault(
    switchFlag("rmac"),
    false,
    "Describe images by R-MAC, the sum of their regions, instead of a layer: " +
      "for the same object in another scene",
  ),
  rmacSize: optionalFlag(
    atLeast("rmac-size", 1),
    "Longer side to which --rmac scales images, in pixels; a small network " +
      "wants about 4 times the side that it was trained on",
    "the index's own, else 1024",
  ),
  pca: optionalFlag(
    atLeast("pca", 0),
    "Dimensions of the PCA of --rmac, learned on up to 1000 of the images of " +
      "the first call; 0 for none",
    "the index's own, else 512 or the channels",
  ),
  clusters: optionalFlag(
    atLeast("clusters", 1),
    "Clusters of k-means on the vectors; a run has its own",
    "one for every 60 vectors, at least 2",
  ),
  recluster: flagWithDefault(
    switchFlag("recluster"),
    false,
    "Run k-means again, on all vectors that the index has now",
  ),
  compact: flagWithDefault(
    switchFlag("compact"),
    false,
    "Remove vectors that no image has any more, which frees their space",
  ),
  pathColumn: optionalFlag(
    Flag.String("path-column").pipe(Flag.withMetavar("COLUMN")),
    "Column of a manifest that holds paths",
    "recognised by its name",
  ),
  format: optionalFlag(
    Flag.Literals("manifest-format", manifestFormats),
    "How a manifest is written",
    "by its extension",
  ),
  paths: optionalFlag(
    Flag.String("paths").pipe(Flag.withMetavar("FILE")),
    "Names of the rows of a .npy file, one a line",
    "FEATURES.paths.txt beside it, else their numbers",
  ),
  root: optionalFlag(
    Flag.String("images").pipe(Flag.withMetavar("ROOT")),
    "Folder of the images that these names are paths of, to show them",
  ),
  seed: flagWithDefault(
    atLeast("seed", 0),
    1,
    "Seed of k-means, and of the weights of `random`",
  ),
  batch: optionalFlag(
    atLeast("extract-batch", 1),
    "Images of one forward pass",
    "the run's own, else 32",
  ),
  saveEvery: flagWithDefault(
    notNegative("save-every").pipe(Flag.withMetavar("SECONDS")),
    5,
    "Longest time whose work a kill may undo",
  ),
  ...engineFlags,
  json: flagWithDefault(switchFlag("json"), false, "Print the result as JSON"),
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task retrieve index runs/demo photos --index runs/photos",
    description: "Index photos with a run; call it again after changes",
  },
];
