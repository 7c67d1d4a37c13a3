/**
 * What `features` is typed with.
 *
 * @module
 */
import { engineFlags, modelFlags } from "@deepcluster/runs/flags";
import { flagWithDefault, switchFlag } from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";
import { dataFlags, layersFlag, operationFlags, subject } from "./flags.ts";

const { format, limit, maxUnreadableShare, pathColumn } = dataFlags;

const { batch, cache, json, seed } = operationFlags;

/** Its arguments and flags. */
export const flags = {
  model: subject.model,
  images: Argument.String("images").pipe(
    Argument.withDescription(
      "Folder of images, manifest (.txt, .csv, .tsv, .jsonl) or IDX file.",
    ),
  ),
  layers: layersFlag("features, which are clustered"),
  out: Flag.String("out").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(
      "File FILE.npy to write; of several layers FILE-LAYER.npy each. " +
        "Beside it FILE.paths.txt has the path of each row.",
    ),
  ),
  force: flagWithDefault(
    switchFlag("force"),
    false,
    "Overwrite files that exist",
  ),
  choice: modelFlags,
  data: { format, limit, maxUnreadableShare, pathColumn },
  operation: { batch, cache, json, seed, ...engineFlags },
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task features runs/demo photos --out photos.npy",
    description: "The features that a run clusters",
  },
  {
    command: "deno task features alexnet.pth photos --layers conv3,conv5 " +
      "--out photos.npy",
    description: "photos-conv3.npy and photos-conv5.npy",
  },
];
