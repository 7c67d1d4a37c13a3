/**
 * Search: images by image, the clusters taken away, duplicates and odd ones,
 * and the paper's instance retrieval.
 *
 * Paper: section 5.3.
 *
 * @module
 */

// R-MAC
export { type MapRegion, rmacRegions } from "./rmac/rmac_regions.ts";
export {
  type ImageRegions,
  type RmacDescriptor,
  rmacDescriptor,
  type RmacOptions,
  sumOfRegions,
} from "./rmac/rmac_descriptor.ts";
export { defaultRmacSize } from "./rmac/rmac_size.ts";
export {
  fitRmacPca,
  loadRmacPca,
  type RmacPca,
  type RmacPcaOptions,
  saveRmacPca,
  whiteningOf,
} from "./rmac/rmac_pca.ts";
export {
  type LearnedPca,
  type LearnPcaError,
  type LearnPcaOptions,
  learnRmacPca,
} from "./rmac/learn_pca.ts";
export {
  bestRegions,
  type Part,
  type RegionPair,
} from "./rmac/best_regions.ts";
export type { Corners } from "./rmac/scaled_image.ts";
export type { RegionVectorsError } from "./rmac/region_vectors.ts";
export { NoMapError } from "./rmac/errors.ts";

// Descriptors
export {
  type Described,
  type DescribeError,
  type Descriptor,
} from "./descriptors/descriptor.ts";
export {
  layerDescriptor,
  type LayerDescriptorOptions,
} from "./descriptors/layer_descriptor.ts";
export { decodeAsSeen, namingImage } from "./descriptors/decode_as_seen.ts";
export { normaliseRows } from "./descriptors/normalise_rows.ts";
export { type Box, cropImage } from "./descriptors/crop_image.ts";

// The emoji benchmark
export {
  emojiBenchmark,
  type EmojiBenchmarkError,
  type EmojiReduction,
  type EmojiResult,
} from "./emoji/emoji_benchmark.ts";
export { type EmojiScores, scoreEmoji } from "./emoji/emoji_scores.ts";
export {
  type EmojiDrawing,
  type EmojiSplit,
  relevanceOf,
  splitEmoji,
} from "./emoji/emoji_split.ts";

// Search
export {
  exactSearchLimit,
  openSearcher,
  type OpenSearcherError,
  type SearchedIndex,
  type SearcherOptions,
} from "./search/open_searcher.ts";
export { GraphError } from "./search/errors.ts";
export type { Found, Searcher, SearchError } from "./search/searcher.ts";

// Clusters
export {
  type ClusteredRows,
  type ClusterSummary,
  type NearCluster,
  summariseClusters,
  type Unusual,
  unusualAmong,
  unusualInWords,
} from "./clusters/cluster_summaries.ts";
export {
  type ClusterHistory,
  clusterHistory,
  type SharedHistory,
} from "./clusters/cluster_history.ts";
export {
  type ClusterChange,
  type ClusterNote,
  curate,
  curated,
  type Curation,
  CurationError,
  curationFile,
  loadCuration,
  mergedRoot,
  saveCuration,
} from "./clusters/curation.ts";

// Duplicates
export {
  type Duplicate,
  type DuplicateCandidate,
  type DuplicateGroup,
  duplicateGroups,
  type DuplicateKind,
  duplicateKinds,
  type NearRows,
} from "./duplicates/duplicate_groups.ts";
export {
  gatherRows,
  type Neighbour,
  neighboursOf,
} from "./duplicates/all_neighbours.ts";
export {
  type LiveRows,
  nearRowsOf,
  similarityLevel,
} from "./duplicates/near_rows.ts";
export {
  type DuplicateOptions,
  type Duplicates,
  findDuplicates,
  type IndexWithImages,
} from "./duplicates/find_duplicates.ts";
export {
  findLeaks,
  type Leak,
  type LeakSets,
} from "./duplicates/find_leaks.ts";

// What to look at
export {
  type DisagreementOptions,
  findDisagreements,
} from "./review/find_disagreements.ts";
export { type ClusteredIndex, findOutliers } from "./review/find_outliers.ts";
export { findPicks } from "./review/find_picks.ts";
export {
  type Outlier,
  rankOutliers,
  type RowDistances,
} from "./review/outliers.ts";
export { type ClusteredRow, type Picked, pickRows } from "./review/pick.ts";
export { type Disagreement, disagreementsOf } from "./review/disagreements.ts";

// The index folder
export {
  DamagedIndexError,
  ForeignIndexFolderError,
  IndexedModelError,
  NonFiniteVectorError,
  NotAnIndexError,
  OtherIndexSettingsError,
} from "./search_index/errors.ts";
export type {
  IndexReadError,
  IndexState,
} from "./search_index/index_database.ts";
export type { IndexSource } from "./search_index/index_candidates.ts";
export {
  type IndexedModel,
  type IndexSettings,
  readIndexSettings,
  type RmacSettings,
  settingsThatDiffer,
} from "./search_index/index_settings.ts";
export type {
  IndexedImage,
  SkippedImage,
} from "./search_index/indexed_image.ts";
export {
  openSearchIndex,
  type OpenSearchIndexError,
  type SearchIndex,
} from "./search_index/open_search_index.ts";
export {
  type IndexReport,
  updateIndex,
  type UpdateIndexError,
  type UpdateIndexOptions,
} from "./search_index/update_index.ts";
export {
  type IndexDescriptor,
  type IndexDescriptorOptions,
  type MakeDescriptorError,
  makeIndexDescriptor,
  openIndexDescriptor,
  type OpenIndexDescriptorError,
} from "./search_index/index_descriptor.ts";
export {
  type IndexedPayloads,
  indexedPayloads,
} from "./search_index/indexed_payloads.ts";
export {
  type IndexModel,
  openIndexModel,
  type OpenIndexModelError,
} from "./search_index/index_model.ts";
export {
  prepareRmac,
  type PrepareRmacError,
  type PrepareRmacOptions,
} from "./search_index/index_rmac.ts";
export { indexStorage } from "./search_index/index_storage.ts";
export {
  indexVectors,
  type IndexVectorsError,
  type IndexVectorsOptions,
} from "./search_index/index_vectors.ts";
