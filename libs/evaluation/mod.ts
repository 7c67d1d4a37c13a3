/**
 * What features are worth: models and labelled images opened for judging;
 * linear probes, also on few images, nearest neighbours, agreement of clusters
 * with classes, metrics with intervals, splits; the paper's VOC
 * classification; tables of results. Effects over plain data.
 *
 * @module
 */
export * from "./bench.ts";
export * from "./bootstrap.ts";
export * from "./cache_keys.ts";
export * from "./class_counts.ts";
export * from "./cluster_agreement.ts";
export * from "./data_split.ts";
export * from "./errors.ts";
export * from "./evaluation_storage.ts";
export * from "./features_note.ts";
export * from "./figures.ts";
export * from "./group_split.ts";
export * from "./judge_all.ts";
export * from "./judge_clusters.ts";
export * from "./judge_knn.ts";
export * from "./judge_linear.ts";
export * from "./judge_low_shot.ts";
export * from "./judged_data.ts";
export * from "./judged_images.ts";
export * from "./judged_model.ts";
export * from "./judging_errors.ts";
export * from "./knn.ts";
export * from "./labelled.ts";
export * from "./crops.ts";
export * from "./layer_features.ts";
export * from "./layer_pools.ts";
export * from "./linear_probe.ts";
export * from "./low_shot.ts";
export * from "./metrics.ts";
export { rowsAt, subsetOf } from "./picked_rows.ts";
export * from "./probe_errors.ts";
export { probeDefaults, type ProbeOptions } from "./probe_options.ts";
export type { ProbeState } from "./probe_state.ts";
export * from "./results_table.ts";
export * from "./run_places.ts";
export * from "./splits.ts";
export * from "./voc/errors.ts";
export * from "./voc/fresh_classifier.ts";
export * from "./voc/image_sets.ts";
export * from "./voc/readable_split.ts";
export * from "./voc/settings.ts";
export * from "./voc/voc_classification.ts";
export * from "./voc/voc_figures.ts";
export * from "./voc/voc_graph.ts";
export { type VocCropSettings, vocImages } from "./voc/voc_images.ts";
export * from "./voc/voc_score.ts";
export * from "./voc/voc_state.ts";
export * from "./voc/voc_training.ts";
