/**
 * What VOC classification can be told, and the paper's values: an entry of its
 * own (`@deepcluster/voc/paper-settings`), so that help loads no rules.
 *
 * Paper: section 4.4, and the authors' `eval_voc_classif.py`.
 *
 * @module
 */

/** Complete settings. */
export interface VocSettings {
  /** Learn from `trainval` and evaluate on `test`, or from `train` on `val`. */
  split: "trainval" | "train";
  /** Train the fully connected layers only, or all. */
  layers: "fc6-8" | "all";
  /**
   * Keeps scales and shifts of batch normalisation as they are. The paper's
   * figures are without (their erratum); running statistics never move.
   */
  freezeBatchNormScales: boolean;
  /** Steps of SGD. */
  iterations: number;
  /** Images of a step. */
  batch: number;
  /** Learning rate of the first steps. */
  learningRate: number;
  /** Steps after which the learning rate is halved, again and again. */
  halveEvery: number;
  /** Momentum of SGD. */
  momentum: number;
  /** Weight decay of SGD. */
  weightDecay: number;
  /** Largest length of all gradients together. */
  clipNorm: number;
  /** Smallest and largest fraction of the image's area in a random crop. */
  cropScale: [number, number];
  /** Scores add up over ten random crops, or corners, centre and mirrors. */
  crops: "random" | "fixed";
  /** Names every random draw. */
  seed: number;
}

/** The paper's settings. */
export const vocPaperSettings: Readonly<VocSettings> = {
  split: "trainval",
  layers: "fc6-8",
  freezeBatchNormScales: false,
  iterations: 80_000,
  batch: 16,
  learningRate: 0.003,
  halveEvery: 5000,
  momentum: 0.9,
  weightDecay: 1e-6,
  clipNorm: 10,
  cropScale: [0.1, 0.5],
  crops: "random",
  seed: 31,
};
