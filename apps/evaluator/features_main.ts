/**
 * Features of images as files of NumPy: `deno task features MODEL IMAGES`.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { features } from "./commands.ts";
import { optionFlags } from "./option_flags.ts";

runMain(features, { typed: "deno task features", optionFlags });
