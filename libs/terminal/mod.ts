/**
 * What the apps show while they work: bars on a terminal, lines elsewhere.
 *
 * @module
 */
export * from "./progress_lines.ts";
export * from "./progress_layer.ts";
