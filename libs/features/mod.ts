/**
 * A pass over the images of a set: their features, spilled to a file that
 * survives a kill and is read in blocks.
 *
 * @module
 */
export * from "./errors.ts";
export * from "./extract.ts";
export * from "./extract_outputs.ts";
export * from "./feature_file.ts";
export * from "./image_pass.ts";
