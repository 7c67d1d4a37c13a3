/**
 * Exact nearest neighbours.
 *
 * @module
 */
export { type Nearest, nearest, nothingNear } from "./nearest.ts";
