/**
 * The trainer: learns features from a folder of images.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { trainer } from "./commands.ts";
import { renamed } from "./renamed.ts";

runMain(trainer, { typed: "deno task", renamed });
