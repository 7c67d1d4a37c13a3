/**
 * Named datasets and their splits: labelled folders and tables, rendered emoji,
 * PASCAL VOC, train and test parts.
 *
 * @module
 */
// Datasets by path
export {
  type OpenedSource,
  type OpenError,
  openSource,
} from "./open_source.ts";
export {
  type Excluded,
  excludeListed,
  type ExcludeListedError,
  excludeNamed,
} from "./exclude_images.ts";
export { joined, type Part } from "./joined_sources.ts";
export { givenParts, type GivenPartsError } from "./given_parts.ts";

// Splits
export { membersOf, type Split, splitByFraction } from "./splits.ts";
export { splitByGroups } from "./group_split.ts";
export {
  type SplitOptions,
  type SplitRule,
  splitRule,
  type SplitRuleError,
} from "./data_split.ts";

// Emoji
export { emojiSource } from "./emoji/emoji_source.ts";
export { renderEmoji, type RenderEmojiError } from "./emoji/emoji_render.ts";
export {
  type EmojiRow,
  emojiTables,
  readEmojiTable,
} from "./emoji/emoji_table.ts";
export { EmojiFolderError } from "./emoji/emoji_errors.ts";

// PASCAL VOC
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

// Errors
export { SplitListError, UnlabelledDataError } from "./errors.ts";
export {
  VocDivergedError,
  VocSettingsError,
  VocStateError,
} from "./voc/errors.ts";
