/**
 * Clusters features of any program: `deno task cluster FEATURES.npy`.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { cluster } from "./commands.ts";
import { optionFlags } from "./option_flags.ts";

runMain(cluster, { typed: "deno task cluster", optionFlags });
