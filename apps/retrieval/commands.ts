/**
 * The commands of retrieval.
 *
 * @module
 */
import { Command } from "effect/cli";
import { assign } from "./assign.ts";
import { index } from "./index_command.ts";
import { query } from "./query.ts";
import { oxfordParis } from "./oxford_paris.ts";

/** All commands under one name. */
export const retrieve = Command.make("retrieve").pipe(
  Command.withDescription(
    "Search images by image, take clusters away, find duplicates",
  ),
  Command.withSubcommands([index, query, assign, oxfordParis]),
);
