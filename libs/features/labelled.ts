/**
 * Features with their classes: what every protocol is given.
 *
 * @module
 */
import type { RowReader } from "@deepcluster/core";
import {
  LabelsMissingError,
  OneClassError,
  requireEqual,
  type SizeMismatchError,
  UnknownLabelError,
} from "@deepcluster/metrics";
import { Effect } from "effect";

/** Features of images whose classes are known. */
export interface Labelled<E = never> {
  /** `[n, d]`, in memory or spilled; `[n * crops, d]` where crops are asked. */
  readonly features: RowReader<E>;
  /** Class of each image `[n]`, from 0 to `classes - 1`. */
  readonly labels: Int32Array;
  /** Number of classes, at least 2. */
  readonly classes: number;
  /** Names of the classes, for messages; their numbers when absent. */
  readonly classNames?: readonly string[];
}

/** Labels and how many features there are, without the features. */
export interface LabelledSizes extends Omit<Labelled, "features"> {
  /** Rows and columns of the features. */
  readonly features: Pick<Labelled["features"], "rows" | "columns">;
}

/** What {@link requireTraining} and {@link requireTest} fail with. */
export type LabelledError =
  | LabelsMissingError
  | UnknownLabelError
  | OneClassError
  | SizeMismatchError;

/**
 * Checks features to learn from: images of at least two classes, a label for
 * each image. A class may have no image here: nothing is learned of it.
 *
 * @param action What is to be done, for the message.
 * @param labelled The training features.
 * @returns Nothing, or `OneClassError`, `SizeMismatchError` when features and
 * labels differ in number, `LabelsMissingError` when a label is negative,
 * or `UnknownLabelError` when one is no class.
 */
export const requireTraining: (
  action: string,
  labelled: LabelledSizes,
) => Effect.Effect<void, LabelledError> = Effect.fnUntraced(function* (
  action,
  labelled,
) {
  yield* requireLabels(action, labelled, 1);
  const classes = new Set(labelled.labels).size;
  if (classes >= 2) return;
  return yield* new OneClassError({ action, classes, side: "training" });
});

/**
 * Checks features to evaluate on, against those that were learned from.
 *
 * @param action What is to be done, for the message.
 * @param train The training features, which passed {@link requireTraining}.
 * @param test The features to evaluate on; classes may be without images.
 * @param crops Rows of `test.features` for each label.
 * @returns Nothing, or the errors of {@link requireTraining};
 * `SizeMismatchError` also when the numbers of classes or of features differ,
 * or there is no image.
 */
export const requireTest: (
  action: string,
  train: LabelledSizes,
  test: LabelledSizes,
  crops?: number,
) => Effect.Effect<void, LabelledError> = Effect.fnUntraced(function* (
  action,
  train,
  test,
  crops = 1,
) {
  yield* requireLabels(action, test, crops);
  yield* requireEqual(action, "classes", train.classes, test.classes);
  yield* requireEqual(
    action,
    "features of an image",
    train.features.columns,
    test.features.columns,
  );
});

const requireLabels = Effect.fnUntraced(function* (
  action: string,
  { features, labels, classes }: LabelledSizes,
  crops: number,
): Effect.fn.Return<
  void,
  LabelsMissingError | UnknownLabelError | OneClassError | SizeMismatchError
> {
  if (classes < 2) return yield* new OneClassError({ action, classes });
  const rows = labels.length * crops;
  yield* requireEqual(action, "labels and features", rows, features.rows);
  const first = labels.findIndex((label) => label < 0);
  if (first >= 0 || labels.length === 0) {
    return yield* new LabelsMissingError({
      action,
      images: labels.length,
      unlabelled: labels.filter((label) => label < 0).length,
      first,
    });
  }
  const image = labels.findIndex((label) => label >= classes);
  if (image < 0) return;
  const label = labels[image]!;
  return yield* new UnknownLabelError({ action, label, image, classes });
});
