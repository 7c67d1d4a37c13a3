/**
 * Image sources, decoding, crops, augmentation and batches: everything between
 * files on a disk and the network's input.
 *
 * @module
 */
// Sources
export {
  type ImagePayload,
  type ImageSource,
  type LabelledSource,
  type Labels,
} from "./source.ts";
export {
  type FolderOptions,
  type FolderReading,
  folderSource,
} from "./folder_source.ts";
export { folderLayout, type FolderPart } from "./folder_layout.ts";
export { folderNotes } from "./folder_notes.ts";
export { isImageName } from "./image_files.ts";
export {
  manifestFormatOf,
  type ManifestOptions,
  manifestSource,
  type ManifestSourceError,
} from "./manifest_source.ts";
export {
  hasColumns,
  type ManifestFormat,
  manifestFormats,
} from "./manifest_formats.ts";
export {
  idxImagesIn,
  idxPairOf,
  idxSource,
  type IdxSourceError,
  isIdxName,
} from "./idx_source.ts";
export { labelsAt, labelsFrom } from "./labels.ts";
export { selected, subset } from "./subset.ts";

// Decoding
export { type Image } from "./image.ts";
export { decode, type DecodeOptions, isDecoded } from "./decode.ts";
export { decodeIdentified, type IdentifiedImage } from "./decode_identified.ts";
export { decoderVersion } from "./decoder_version.ts";
export { type DecodedCache, makeCache } from "./cache.ts";
export {
  ImageMemory,
  openCache,
  type OpenCacheOptions,
  type OpenedCache,
  rememberedImage,
  type SurveyedImages,
} from "./image_memory.ts";

// Readable images, and their identity
export { type ImageError, type ImageSet, imageSet } from "./image_set.ts";
export {
  type KnownImage,
  type Survey,
  survey,
  type SurveyError,
  type SurveyOptions,
} from "./survey.ts";
export {
  contentDigest,
  contentHashOf,
  digestAt,
  fingerprintOf,
  setDigest,
} from "./identity.ts";
export {
  type FileStamp,
  type FileStamps,
  isSettled,
  isUntouched,
  stampAt,
  stampFiles,
  stampOf,
} from "./file_stamps.ts";

// Crops and transforms
export { centreCrop, defaultRandomCrop } from "./crops.ts";
export { makeResampler, wholeView } from "./resample.ts";
export { makePillowResampler, makePillowResizer } from "./pillow_resample.ts";
export { type Interpolation, interpolations } from "./resampling_weights.ts";
export {
  clusteringTransform,
  type ClusteringTransformOptions,
  decodedShortSideFor,
  imageNetNormalization,
  type Normalization,
  probeTransform,
  resizeFor,
  scalingOf,
  tenCropTransform,
  trainingTransform,
  type Transform,
} from "./transforms.ts";

// Batches
export { type Batch, batches } from "./batches.ts";

// Text and paths
export { csvReader, lineReader } from "./text_records.ts";
export { isUtf16, shownText, utf8Text, wasUtf8 } from "./utf8_text.ts";
export { spellingsOf } from "./path_spellings.ts";
export { attempt } from "./file_system.ts";

// Errors
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
