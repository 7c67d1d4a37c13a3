/**
 * Labels of an image set of VOC, before anything is known of its images' files.
 *
 * @module
 */
import { type Matrix, matrix } from "@deepcluster/core";
import type { Skipped } from "@deepcluster/metrics";

/** Images of a set with their classes. */
export interface VocLabels {
  /** Names of the classes, sorted. */
  readonly classes: readonly string[];
  /** Names of the images. */
  readonly ids: readonly string[];
  /** `[images, classes]`: 1 there, 0 not there, -1 does not count. */
  readonly targets: Matrix;
  /**
   * Whether images are known to show no other class: true of annotations,
   * false of VOC's files, one a class.
   */
  readonly complete: boolean;
  /** What of the image set is not used. */
  readonly skipped: readonly Skipped[];
  /** Files named as those of a class that hold no label. */
  readonly unlabelled: readonly string[];
}

/**
 * The labels of other classes, or of the same in another order.
 *
 * @param labels Of a set.
 * @param classes Names; no image shows one that is new.
 * @returns Labels of these classes alone.
 */
export const labelsOfClasses = <
  A extends Pick<VocLabels, "classes" | "targets">,
>(
  labels: A,
  classes: readonly string[],
): A => {
  const { rows, columns, data } = labels.targets;
  const from = classes.map((name) => labels.classes.indexOf(name));
  const targets = matrix(rows, classes.length);
  for (let i = 0; i < rows; i++) {
    from.forEach((c, to) => {
      if (c < 0) return;
      targets.data[i * classes.length + to] = data[i * columns + c]!;
    });
  }
  return { ...labels, classes, targets };
};
