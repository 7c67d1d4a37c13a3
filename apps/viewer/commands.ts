/**
 * The commands of the viewer: they show what was learned.
 *
 * @module
 */
export { report } from "./report.ts";
export { compare } from "./compare.ts";
export { visualise } from "./visualise.ts";
export { watch } from "./watch.ts";
