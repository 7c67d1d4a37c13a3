/**
 * What features are worth: nearest neighbours, metrics and splits, and the
 * paper's VOC classification, as Effects over plain data.
 *
 * @module
 */
export * from "./errors.ts";
export * from "./knn.ts";
export * from "./labelled.ts";
export * from "./metrics.ts";
export * from "./splits.ts";
export * from "./voc/errors.ts";
export * from "./voc/fresh_classifier.ts";
export * from "./voc/image_sets.ts";
export * from "./voc/settings.ts";
export * from "./voc/voc_graph.ts";
export { type VocCropSettings, vocImages } from "./voc/voc_images.ts";
export * from "./voc/voc_score.ts";
export * from "./voc/voc_training.ts";
