/**
 * The commands of the viewer: they show what was learned.
 *
 * @module
 */
export { compare } from "./compare.ts";
export { visualise } from "./visualise.ts";
export { watch } from "./watch.ts";
