/**
 * Image sources, decoding, crops, augmentation and batches: everything between
 * files on a disk and the network's input.
 *
 * @module
 */
export { type Batch, batches } from "./batches.ts";
export { type DecodedCache, makeCache } from "./cache.ts";
export { centreCrop, defaultRandomCrop } from "./crops.ts";
export { decode, type DecodeOptions, isDecoded } from "./decode.ts";
export { decoderVersion } from "./decoder_version.ts";
export {
  CacheError,
  DuplicateImageError,
  IdxError,
  ManifestError,
  NoColumnError,
  SourceError,
  SubsetError,
  TooManyUnreadableError,
  UnreadableImageError,
} from "./errors.ts";
export {
  type FileStamp,
  type FileStamps,
  isSettled,
  isUntouched,
  stampAt,
  stampFiles,
} from "./file_stamps.ts";
export { attempt, codeOf, messageOf } from "./file_system.ts";
export { folderLayout, type FolderPart } from "./folder_layout.ts";
export { folderNotes } from "./folder_notes.ts";
export {
  type FolderOptions,
  type FolderReading,
  folderSource,
} from "./folder_source.ts";
export { testFolder } from "./folder_testing.ts";
export {
  contentDigest,
  contentHashOf,
  digestAt,
  fingerprintOf,
  setDigest,
} from "./identity.ts";
export {
  idxImagesIn,
  idxPairOf,
  idxSource,
  type IdxSourceError,
  isIdxName,
} from "./idx_source.ts";
export { type Image } from "./image.ts";
export { isImageName } from "./image_files.ts";
export { type ImageError, type ImageSet, imageSet } from "./image_set.ts";
export { labelsAt, labelsFrom } from "./labels.ts";
export {
  hasColumns,
  type ManifestFormat,
  manifestFormats,
} from "./manifest_formats.ts";
export {
  manifestFormatOf,
  type ManifestOptions,
  manifestSource,
  type ManifestSourceError,
} from "./manifest_source.ts";
export { spellingsOf } from "./path_spellings.ts";
export { makeResampler, wholeView } from "./resample.ts";
export {
  type ImagePayload,
  type ImageSource,
  type LabelledSource,
  type Labels,
} from "./source.ts";
export { subset } from "./subset.ts";
export {
  type KnownImage,
  type Survey,
  survey,
  type SurveyError,
} from "./survey.ts";
export { csvReader, lineReader } from "./text_records.ts";
export {
  clusteringTransform,
  decodedShortSideFor,
  imageNetNormalization,
  probeTransform,
  resizeFor,
  tenCropTransform,
  trainingTransform,
  type Transform,
} from "./transforms.ts";
export { isUtf16, shownText, utf8Text, wasUtf8 } from "./utf8_text.ts";
