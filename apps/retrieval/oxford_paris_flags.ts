/**
 * What `oxford-paris` is typed with.
 *
 * @module
 */
import { instanceDatasets } from "@deepcluster/instance-retrieval/datasets";
import { defaultRmacSize } from "@deepcluster/retrieval/rmac-size";
import { engineFlags, modelFlags } from "@deepcluster/runs/flags";
import {
  atLeast,
  flagWithDefault,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";

const { epoch, network, sobel, width } = modelFlags;

/** Its arguments and flags. */
export const flags = {
  model: Argument.String("model").pipe(
    Argument.withDescription(
      "Run folder, model file (safetensors or PyTorch) or `random` (untrained " +
        "weights).",
    ),
  ),
  root: Argument.String("root").pipe(
    Argument.withDescription(
      "Folder of the dataset as it is distributed: pictures in jpg/ or paris/, " +
        "lists in gt/, lab/ or beside, or gnd_NAME.pkl or .json.",
    ),
  ),
  dataset: Flag.Literals("dataset", instanceDatasets).pipe(
    Flag.withDescription("Which dataset ROOT holds."),
  ),
  pcaFrom: optionalFlag(
    Flag.String("pca-from").pipe(Flag.withMetavar("ROOT")),
    "Folder of the other dataset, whose pictures the PCA is learned on",
    "no PCA",
  ),
  pcaDataset: optionalFlag(
    Flag.Literals("pca-dataset", instanceDatasets),
    "Which dataset --pca-from holds",
    "paris6k for Oxford, oxford5k for Paris",
  ),
  pca: optionalFlag(
    atLeast("pca", 1),
    "Dimensions of the PCA",
    "512, or the channels of the network where they are fewer",
  ),
  longest: flagWithDefault(
    atLeast("size", 1),
    defaultRmacSize,
    "Longer side to which pictures are scaled, in pixels",
  ),
  aqe: flagWithDefault(
    atLeast("aqe", 0),
    0,
    "Average each query with this many of its nearest pictures",
  ),
  dba: flagWithDefault(
    atLeast("dba", 0),
    0,
    "Average each picture with this many of its nearest, by weight",
  ),
  choice: { epoch, network, sobel, width },
  inputSize: optionalFlag(
    atLeast("input-size", 1),
    "Side of the network's square input, where a model file fits several",
  ),
  seed: flagWithDefault(
    atLeast("seed", 0),
    1,
    "Seed of the weights of `random`",
  ),
  cache: flagWithDefault(
    Flag.String("cache").pipe(Flag.withMetavar("DIR")),
    "runs/regions",
    "Folder that keeps the regions of pictures for the next command",
  ),
  ...engineFlags,
  json: flagWithDefault(switchFlag("json"), false, "Print the results as JSON"),
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task retrieve oxford-paris runs/vgg16 data/oxford " +
      "--dataset oxford5k --pca-from data/paris",
    description: "The paper's protocol",
  },
];
