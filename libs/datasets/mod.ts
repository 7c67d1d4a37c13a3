/**
 * Named datasets and their splits: labelled folders and tables, rendered emoji,
 * PASCAL VOC, train and test parts.
 *
 * @module
 */
export { type SplitOptions, type SplitRule, splitRule } from "./data_split.ts";
export { renderEmoji, type RenderEmojiError } from "./emoji/emoji_render.ts";
export { emojiSource } from "./emoji/emoji_source.ts";
export { emojiTables } from "./emoji/emoji_table.ts";
export { UnlabelledDataError } from "./errors.ts";
export { givenParts, type GivenPartsError } from "./given_parts.ts";
export { splitByGroups } from "./group_split.ts";
export { joined, type Part } from "./joined_sources.ts";
export { type OpenedSource, openSource } from "./open_source.ts";
export { membersOf, type Split, splitByFraction } from "./splits.ts";
export {
  VocDivergedError,
  VocSettingsError,
  VocStateError,
} from "./voc/errors.ts";
export {
  openVocSet,
  openVocSplit,
  type OpenVocSplitError,
  type VocSet,
} from "./voc/image_sets.ts";
export {
  type ReadableVocSet,
  type ReadableVocSplit,
  readableVocSplit,
  type ReadableVocSplitError,
} from "./voc/readable_split.ts";
export { vocFolder } from "./voc/voc_folder_testing.ts";
