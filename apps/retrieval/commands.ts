/**
 * The commands of retrieval.
 *
 * @module
 */
import { Command } from "effect/cli";
import { assign } from "./assign.ts";
import { clusters } from "./clusters.ts";
import { disagreements } from "./disagreements.ts";
import { duplicates } from "./duplicates.ts";
import { check } from "./check.ts";
import { emoji } from "./emoji.ts";
import { index } from "./index_command.ts";
import { leaks } from "./leaks.ts";
import { outliers } from "./outliers.ts";
import { oxfordParis } from "./oxford_paris.ts";
import { pick } from "./pick.ts";
import { query } from "./query.ts";
import { serve } from "./serve.ts";

/** All commands under one name. */
export const retrieve = Command.make("retrieve").pipe(
  Command.withDescription(
    "Search images by image, export clusters, find duplicates",
  ),
  Command.withSubcommands([
    index,
    check,
    query,
    assign,
    oxfordParis,
    emoji,
    duplicates,
    outliers,
    pick,
    disagreements,
    leaks,
    clusters,
    serve,
  ]),
);
