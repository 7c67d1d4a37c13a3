/**
 * Metrics as pure functions: accuracy, average precision, bootstrap intervals,
 * mutual information, adjusted Rand index, purity.
 *
 * @module
 */
export { accuracies } from "./accuracies.ts";
export { bootstrapInterval } from "./bootstrap.ts";
export {
  type ClusterAgreement,
  clusterAgreement,
  type ClusterAgreementError,
} from "./cluster_agreement.ts";
export { type Contingency, contingency } from "./contingency.ts";
export {
  LabelCountError,
  LabelsMissingError,
  NoPositivesError,
  OneClassError,
  SizeMismatchError,
  UnknownLabelError,
} from "./errors.ts";
export type { Metric, Skipped } from "./metric.ts";
export {
  type AveragePrecision,
  averagePrecision,
  type AveragePrecisionError,
  bestOf,
  rankOf,
  topAccuracy,
} from "./metrics.ts";
export { nmi, nmiOf } from "./nmi.ts";
export { requireEqual } from "./require_equal.ts";
