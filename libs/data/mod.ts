/**
 * Image sources, decoding, crops, augmentation and batches: everything between
 * files on a disk and the network's input.
 *
 * @module
 */
export * from "./crops.ts";
export * from "./image.ts";
export * from "./resample.ts";
export * from "./source.ts";
export * from "./transforms.ts";
