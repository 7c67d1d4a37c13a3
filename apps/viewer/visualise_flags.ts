/**
 * Flags that the commands of `visualise` share.
 *
 * @module
 */
import { manifestFormats } from "@deepcluster/data/manifest-formats";
import {
  atLeast,
  flagWithDefault,
  integersFlag,
  namesFlag,
  numberFlag,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, Flag } from "effect/cli";

/** MODEL. */
export const networkArgument = Argument.String("model").pipe(
  Argument.withDescription(
    "Run folder, model file (safetensors or PyTorch) or `random` (untrained " +
      "weights).",
  ),
);

/** Where pictures go. */
export const outFlag = Flag.String("out").pipe(
  Flag.withMetavar("DIR"),
  Flag.withDescription(
    "New folder for the PNGs, their numbers (pictures.json) and a page with " +
      "all of them (index.html)",
  ),
);

/** Pixels of a pixel. */
export const scaleFlag = (pixel: string, byDefault: string) =>
  optionalFlag(
    atLeast("scale", 1),
    `Pixels across and down of each ${pixel}, which is repeated exactly`,
    byDefault,
  );

/** The seed, and how results are printed. */
export const commonFlags = {
  seed: flagWithDefault(
    atLeast("seed", 0),
    1,
    "Seed of every random draw, weights of `random` among them",
  ),
  json: flagWithDefault(
    switchFlag("json"),
    false,
    "Print the results as JSON, as in pictures.json",
  ),
};

/** A flag of layers. */
export const layersFlag = (byDefault: string) =>
  optionalFlag(
    namesFlag("layers").pipe(Flag.withMetavar("NAME,NAME")),
    "Layers, by either name: conv2 or features.6",
    byDefault,
  );

/** Which filters of each layer. */
export const filterFlags = {
  filters: optionalFlag(
    integersFlag("filters", 0),
    "Filters of each layer, counted from 0",
    "--count drawn at random",
  ),
  count: flagWithDefault(
    atLeast("count", 1),
    9,
    "Filters of each layer, drawn at random; all where it has fewer",
  ),
};

/** How images are found and read. */
export const imageFlags = {
  format: optionalFlag(
    Flag.Literals("manifest-format", manifestFormats),
    "How a manifest is written",
    "by its extension",
  ),
  pathColumn: optionalFlag(
    Flag.String("path-column").pipe(Flag.withMetavar("COLUMN")),
    "Column of a manifest that holds paths",
    "recognised by its name",
  ),
  maxUnreadableFraction: optionalFlag(
    numberFlag(
      "max-unreadable-fraction",
      "from 0 to 1",
      (fraction) => fraction >= 0 && fraction <= 1,
    ).pipe(Flag.withMetavar("FRACTION")),
    "Largest fraction of images that may be unreadable",
    "0.05",
  ),
  cache: flagWithDefault(
    Flag.String("cache").pipe(Flag.withMetavar("DIR")),
    "runs/judged",
    "Folder that keeps activations for the next command",
  ),
  batch: flagWithDefault(
    atLeast("extract-batch", 1),
    32,
    "Images of one forward pass",
  ),
};
