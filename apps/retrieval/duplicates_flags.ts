/**
 * What `duplicates` is typed with.
 *
 * @module
 */
import { duplicateKinds } from "@deepcluster/retrieval/duplicate-groups";
import { engineFlags } from "@deepcluster/runs/flags";
import {
  atLeast,
  flagWithDefault,
  numberFlag,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { type Command, Flag } from "effect/cli";
import { indexArgument, outFlag } from "./flags.ts";

/** Near duplicates are more similar than this fraction of random pairs. */
const nearPercentile = 0.99999;

/** Flags of the level of near duplicates. */
export const nearFlags = {
  percentile: flagWithDefault(
    numberFlag(
      "percentile",
      "from 0 to 1",
      (value) => value >= 0 && value <= 1,
    ).pipe(Flag.withMetavar("FRACTION")),
    nearPercentile,
    "Near duplicates are more similar than this fraction of random pairs of " +
      "the index",
  ),
  score: optionalFlag(
    numberFlag(
      "score",
      "from -1 to 1",
      (value) => value >= -1 && value <= 1,
    ).pipe(Flag.withMetavar("COSINE")),
    "Near duplicates have at least this cosine similarity, instead of a " +
      "percentile",
  ),
};

/** The flag that says what counts as a duplicate. */
export const kindFlag = flagWithDefault(
  Flag.Literals("kind", duplicateKinds),
  "near",
  "What counts as a duplicate: the same bytes, the same pixels too, near " +
    "images too",
);

/** Its arguments and flags. */
export const flags = {
  index: indexArgument,
  kind: kindFlag,
  ...nearFlags,
  top: flagWithDefault(
    atLeast("top", 0),
    20,
    "Groups that are printed; --out and --json have all",
  ),
  out: outFlag("those to take away: all but the kept ones"),
  sheet: optionalFlag(
    Flag.String("sheet").pipe(Flag.withMetavar("FILE.png")),
    "Draw the groups, the kept image first",
  ),
  json: flagWithDefault(switchFlag("json"), false, "Print all as JSON"),
  ...engineFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task retrieve duplicates indexes/photos --kind pixels",
    description: "Images of the same pixels",
  },
  {
    command: "deno task retrieve duplicates indexes/photos --out away.txt",
    description: "A list of what may be taken away",
  },
];
