/**
 * What features are worth: nearest neighbours, metrics and splits, as Effects
 * over plain data.
 *
 * @module
 */
export * from "./errors.ts";
export * from "./knn.ts";
export * from "./labelled.ts";
export * from "./metrics.ts";
export * from "./splits.ts";
