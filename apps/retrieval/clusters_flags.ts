/**
 * What `clusters` is typed with.
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
import { Argument, type Command, Flag } from "effect/cli";
import { labelColumnFlag } from "./flags.ts";

/** Its arguments and flags. */
export const flags = {
  subject: Argument.String("run-or-index").pipe(
    Argument.withDescription("Run folder, or index folder."),
  ),
  out: Flag.String("out").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription(
      "Folder for the results. A second call refreshes its own files and " +
        "touches no other.",
    ),
  ),
  files: flagWithDefault(
    Flag.Literals("files", ["links", "copies", "none"]),
    "links",
    "What is put into a folder for each cluster: links to the images, " +
      "copies of them, or nothing",
  ),
  format: flagWithDefault(
    Flag.Literals("format", ["csv", "jsonl"]),
    "csv",
    "How the tables of clusters and images are written",
  ),
  sheets: flagWithDefault(
    switchFlag("sheets"),
    false,
    "Draw a contact sheet of each cluster, its nearest images first",
  ),
  labels: optionalFlag(
    Flag.String("labels").pipe(Flag.withMetavar("DATA")),
    "Labelled images: a folder for each class, or a manifest; the tables " +
      "get their labels",
  ),
  labelColumn: labelColumnFlag,
  top: flagWithDefault(
    atLeast("top", 0),
    20,
    "Clusters that are printed, the largest first",
  ),
  ...engineFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task retrieve clusters runs/demo --out clusters",
    description: "Tables and a folder of links for each cluster",
  },
  {
    command:
      "deno task retrieve clusters indexes/photos --out away --files copies --sheets",
    description: "Copies and sheets, with the names given on the page",
  },
];
