/**
 * Retrieval: searches images by image and takes the clusters away.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { retrieve } from "./commands.ts";

runMain(retrieve, { typed: "deno task retrieve" });
