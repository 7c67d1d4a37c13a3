/**
 * What commands of retrieval share on the command line.
 *
 * @module
 */
import { optionalFlag } from "@deepcluster/terminal";
import { Argument, Flag } from "effect/cli";

/** The argument that names an index. */
export const indexArgument = Argument.String("index").pipe(
  Argument.withDescription("Index folder, as `retrieve index` made it."),
);

/**
 * The flag that names a file for the results.
 *
 * @param what What a `.txt` holds: the paths of which images.
 * @returns The flag.
 */
export const outFlag = (what: string) =>
  optionalFlag(
    Flag.String("out").pipe(Flag.withMetavar("FILE")),
    "Write the results to FILE.csv, to FILE.jsonl (a JSON object a line) or " +
      `to FILE.txt (the paths of ${what}, one a line)`,
    "standard output only",
  );

/** The flag that says where labels come from. */
export const labelsFlag = Flag.String("labels").pipe(
  Flag.withMetavar("DATA"),
  Flag.withDescription(
    "Labelled images: a folder for each class, or a manifest. Labels are " +
      "read, never stored in the index.",
  ),
);

/** The flag that says which column of a manifest they are. */
export const labelColumnFlag = optionalFlag(
  Flag.String("label-column").pipe(Flag.withMetavar("COLUMN")),
  "Column of a manifest that holds labels",
  "recognised by its name",
);
