/**
 * What `top-images` is typed with.
 *
 * @module
 */
import { engineFlags, weightsFlags } from "@deepcluster/runs/flags";
import { atLeast, flagWithDefault } from "@deepcluster/terminal";
import { Argument, type Command } from "effect/cli";
import {
  commonFlags,
  filterFlags,
  imageFlags,
  layersFlag,
  networkArgument,
  outFlag,
} from "./visualise_flags.ts";

/** Its arguments and flags. */
export const flags = {
  model: networkArgument,
  images: Argument.String("images").pipe(
    Argument.withDescription(
      "Folder of images, manifest (.txt, .csv, .tsv, .jsonl) or IDX file.",
    ),
  ),
  out: outFlag,
  layers: layersFlag("the last convolution, after its ReLU"),
  which: filterFlags,
  tile: flagWithDefault(
    atLeast("tile", 8),
    96,
    "Side of an image in the picture, in pixels, at most",
  ),
  source: imageFlags,
  weights: weightsFlags,
  ...commonFlags,
  engine: engineFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [{
  command: "deno task visualise top-images runs/demo photos --layers " +
    "conv2,conv4 --out pictures/top",
  description: "Nine random filters of two layers",
}];
