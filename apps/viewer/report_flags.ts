/**
 * What `report` is typed with.
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
import { type Command, Flag } from "effect/cli";
import { jsonFlag, runArgument, runImagesFlags } from "./run_flags.ts";

/** Its arguments and flags. */
export const flags = {
  run: runArgument,
  paths: {
    out: optionalFlag(
      Flag.String("out").pipe(Flag.withMetavar("FILE")),
      "File FILE.html to write",
      "report.html in the run folder",
    ),
    images: runImagesFlags.images,
  },
  cache: flagWithDefault(
    Flag.String("cache").pipe(Flag.withMetavar("DIR")),
    "runs/judged",
    "Folder that keeps features for the next command",
  ),
  content: {
    labelColumn: runImagesFlags.labelColumn,
    layer: optionalFlag(
      Flag.String("layer").pipe(Flag.withMetavar("NAME")),
      "Layer whose filters are shown with the images that activate them " +
        "most, by either name: conv2 or features.6",
      "the last convolution",
    ),
    seed: optionalFlag(
      atLeast("seed", 0),
      "Seed of the map and of the random clusters",
      "the run's",
    ),
    batch: optionalFlag(
      atLeast("extract-batch", 1),
      "Images of one forward pass when features are extracted",
      "the run's",
    ),
  },
  thumbnails: flagWithDefault(
    switchFlag("thumbnails"),
    true,
    "Show images and link to their files (--no-thumbnails: neither, for " +
      "a report to give away)",
  ),
  map: flagWithDefault(
    switchFlag("map"),
    true,
    "Make the map and find the images of filters, which takes a pass " +
      "over the images the first time (--no-map: neither)",
  ),
  json: jsonFlag,
  engine: engineFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task report runs/demo",
    description: "Writes runs/demo/report.html",
  },
  {
    command: "deno task report runs/demo --no-thumbnails --out demo.html",
    description: "A page to give away: no images, no paths of this machine",
  },
];
