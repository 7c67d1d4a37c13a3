/**
 * What every other lib speaks: tensors and matrices as plain data, named
 * random draws, row blocks that may live on disk, and progress events.
 *
 * @module
 */
export * from "./draws.ts";
export * from "./matrix.ts";
export * from "./progress.ts";
export * from "./rows.ts";
export * from "./tensor.ts";
