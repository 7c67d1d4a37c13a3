/**
 * Image sources, decoding, crops, augmentation and batches: everything between
 * files on a disk and the network's input.
 *
 * @module
 */
export * from "./batches.ts";
export * from "./cache.ts";
export * from "./crops.ts";
export * from "./decode.ts";
export * from "./decoder_version.ts";
export * from "./emoji_drawings.ts";
export * from "./emoji_errors.ts";
export * from "./emoji_packages.ts";
export * from "./emoji_render.ts";
export * from "./emoji_source.ts";
export * from "./emoji_table.ts";
export * from "./errors.ts";
export * from "./file_stamps.ts";
export * from "./folder_layout.ts";
export * from "./folder_notes.ts";
export * from "./folder_source.ts";
export * from "./identity.ts";
export * from "./idx_source.ts";
export * from "./image.ts";
export * from "./image_files.ts";
export * from "./image_set.ts";
export * from "./labels.ts";
export * from "./manifest_columns.ts";
export * from "./manifest_formats.ts";
export * from "./manifest_source.ts";
export * from "./open_source.ts";
export * from "./path_spellings.ts";
export * from "./resample.ts";
export * from "./source.ts";
export * from "./subset.ts";
export * from "./survey.ts";
export * from "./text_records.ts";
export * from "./transforms.ts";
export * from "./utf8_text.ts";
