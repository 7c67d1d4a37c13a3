/**
 * What `query` is typed with.
 *
 * @module
 */
import { engineFlags } from "@deepcluster/runs/flags";
import {
  atLeast,
  flagWithDefault,
  numberFlag,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";
import { boxFlag } from "./box_flag.ts";
import { indexArgument } from "./flags.ts";

/** Its arguments and flags. */
export const flags = {
  index: indexArgument,
  images: Argument.String("image").pipe(
    Argument.withDescription(
      "Images to search for, in the index or not: files, folders, manifests.",
    ),
    Argument.variadic({ min: 1 }),
  ),
  box: optionalFlag(
    boxFlag,
    "Search for this part of the image: x,y,width,height in pixels of the " +
      "picture as it is shown",
    "all of it",
  ),
  top: flagWithDefault(atLeast("top", 1), 10, "Results of each image"),
  minScore: optionalFlag(
    numberFlag("min-score", "from -1 to 1", (x) => x >= -1 && x <= 1),
    "Leave out results below this score",
    "none is left out",
  ),
  exact: flagWithDefault(
    switchFlag("exact"),
    false,
    "Compare with every vector, even if the index has more than 200 000",
  ),
  approximate: flagWithDefault(
    switchFlag("approximate"),
    false,
    "Search by a graph, even if the index has fewer vectors; the graph is " +
      "built if there is none",
  ),
  sheet: optionalFlag(
    Flag.String("sheet").pipe(Flag.withMetavar("FILE")),
    "Draw the images and their results into FILE.png",
    "no picture",
  ),
  json: flagWithDefault(
    switchFlag("json"),
    false,
    "Print a JSON object for each image, one a line",
  ),
  ...engineFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task retrieve query indexes/demo photo.jpg",
    description: "The 10 most similar images",
  },
  {
    command:
      "deno task retrieve query indexes/demo photo.jpg --box 40,30,200,180 --sheet found.png",
    description: "For a part of the photo, with a picture of the results",
  },
];
