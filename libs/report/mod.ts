/**
 * What there is to see of a run: its figures over the epochs, warnings in
 * words, its clusters, the map of its features; and the report of it all as one
 * file.
 *
 * @module
 */
export type {
  EpochHistory,
  ReportWarning,
  RunHistory,
} from "./history/history.ts";
export {
  readRunHistory,
  type ReadRunHistoryError,
} from "./history/read_run_history.ts";
export {
  compareWithLabels,
  type CompareWithLabelsError,
} from "./history/compare_with_labels.ts";
export { warningsOf } from "./history/warnings.ts";

// How many clusters?
export { adviceSentences, type ClusterSweep } from "./choose/cluster_sweep.ts";
export { choicePage } from "./choose/choice_page.ts";

// Runs side by side
export { compareRuns, type CompareRunsError } from "./compare/compare_runs.ts";
export type {
  ClusterMapping,
  MappedCluster,
  MappedPart,
} from "./compare/cluster_mapping.ts";
export { comparisonPage } from "./compare/comparison_page.ts";
export {
  environmentSentence,
  mappingSentence,
  partWords,
  runSentence,
} from "./compare/comparison_words.ts";
export {
  baselineText,
  type EvaluationGroup,
  evaluationGroups,
  evaluationVersions,
  figureText,
  shownBaselines,
  unrecordedSentence,
  type WriteFigure,
} from "./compare/evaluation_words.ts";
export {
  type EvaluationGaps,
  evaluationGaps,
} from "./compare/evaluation_gaps.ts";
export type {
  Baseline,
  EvaluationRow,
  KeptEvaluation,
  KeptFigure,
} from "./compare/kept_evaluations.ts";
export type { ComparedRun, RunComparison } from "./compare/run_comparison.ts";
export type { EnvironmentDifference } from "./compare/environment_differences.ts";
export type { SettingDifference } from "./compare/setting_differences.ts";

// Images
export {
  openReportImages,
  type OpenReportImagesError,
  type ReportImages,
  type ReportImagesOptions,
  type ShownImage,
} from "./images/report_images.ts";

// Clusters
export type {
  ClusterChoice,
  ClusterOrigin,
  ClusterOrigins,
  MajorityClass,
  NearCluster,
  ReportCluster,
  ReportClusters,
} from "./clusters/report_cluster.ts";
export {
  reportClusters,
  type ReportClustersOptions,
} from "./clusters/report_clusters.ts";
export { clustersSection } from "./clusters/clusters_section.ts";
export {
  type NewestClustering,
  readNewestClustering,
  readRunAssignments,
} from "./clusters/newest_clustering.ts";

// The page
export { keyFigures, runName, runSubject } from "./document/cover.ts";
export { historySection } from "./document/history_section.ts";
export { warningsSection } from "./document/warnings_section.ts";
export {
  environmentSection,
  settingsSection,
} from "./document/settings_section.ts";
export {
  reportPage,
  type ReportParts,
  type ReportSection,
} from "./document/report_page.ts";
export { reportName } from "./report_name.ts";
export { requirePage } from "./require_page.ts";

// The map
export { encodeMap } from "./map/encode_map.ts";
export type { ReadMapOptions, ReportMap } from "./map/colour_points.ts";
export {
  readReportMap,
  reportMap,
  type ReportMapError,
  type ReportMapOptions,
} from "./map/report_map.ts";

// Filters
export { filtersSection } from "./filters/filters_section.ts";
export {
  type ReportTopImages,
  reportTopImages,
  type ReportTopImagesError,
  type ReportTopImagesOptions,
} from "./filters/report_top_images.ts";
export { topImagesSection } from "./filters/top_images_section.ts";

// The report
export {
  writeReport,
  type WriteReportError,
  type WriteReportOptions,
  type WrittenReport,
} from "./write_report.ts";
