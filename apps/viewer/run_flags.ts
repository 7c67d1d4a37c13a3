/**
 * Flags that commands share which show a run.
 *
 * @module
 */
import {
  flagWithDefault,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, Flag } from "effect/cli";

/** RUN. */
export const runArgument = Argument.String("run").pipe(
  Argument.withDescription("Run folder that `train` made."),
);

/** Where the images of a run are, and their labels. */
export const runImagesFlags = {
  images: optionalFlag(
    Flag.String("images").pipe(Flag.withMetavar("IMAGES")),
    "Where the images are now, if they were moved",
    "where the run found them",
  ),
  labelColumn: optionalFlag(
    Flag.String("label-column").pipe(Flag.withMetavar("COLUMN")),
    "Column of a manifest that holds labels",
    "that of the run",
  ),
};

/** How results are printed. */
export const jsonFlag = flagWithDefault(
  switchFlag("json"),
  false,
  "Print the results as JSON",
);
