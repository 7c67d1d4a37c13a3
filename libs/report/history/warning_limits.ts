/**
 * From where on a figure of a run is called a fault. Healthy runs of emoji,
 * Fashion-MNIST and CIFAR-10 (10, 3 and 3 epochs of the small network) stay
 * below: their figures stand beside the limits.
 *
 * @module
 */

/** The limits of every warning; fractions unless another unit is named. */
export const warningLimits = {
  /**
   * Loss as a part of ln k, the loss of guessing among the clusters. CIFAR-10
   * had 0.98 in its first epoch of 79 steps, then 0.89; emoji 0.92, then 0.70.
   */
  guessingLoss: 0.98,
  /**
   * Accuracy as a multiple of guessing below which the first two epochs, whose
   * loss is near ln k anyway, have learned nothing. CIFAR-10 had 2.1.
   */
  guessingAccuracy: 1.5,
  /** Loss as a part of ln k that is worse than guessing. */
  divergedLoss: 1.05,
  /**
   * Rise of the loss above its lowest, as a part of ln k. Clusters are new in
   * every epoch, so that a little goes both ways: emoji rose by 0.01.
   */
  risenLoss: 0.1,
  /**
   * Accuracy on augmented images, to which the clusters are known by their
   * pixels alone. Emoji reached 0.36 in ten epochs.
   */
  trivialAccuracy: 0.95,
  /** Part of the images in one cluster; emoji had 0.012. */
  largestCluster: 0.2,
  /** The same as a multiple of an even part, for a handful of clusters. */
  largestClusterTimes: 3,
  /** faiss's imbalance factor, 1 for even sizes; all three runs had 1.1. */
  imbalance: 5,
  /** Empty clusters after k-means, as a part of k; none in all three runs. */
  empties: 0.02,
  /** Splits in one k-means as a part of k; none in all three runs. */
  splits: 0.25,
  /** Clusters of fewer images than this are small. A power of two. */
  smallCluster: 4,
  /** Part of the clusters that are small; none in all three runs. */
  smallClusters: 0.1,
  /** Images that could not be read. */
  unreadable: 0.01,
  /**
   * NMI to the previous clustering above what chance gives, as a part of what
   * is left to 1. CIFAR-10 had 0.19 in its second epoch, then 0.30.
   */
  aboveChance: 0.08,
  /**
   * Fall of the NMI to the previous clustering below its highest. It rises and
   * levels off (section 4.1, figure 2b); emoji fell by 0.007.
   */
  fallenNmi: 0.1,
  /** Reassigned images of a clustering that does not change any more. */
  frozenReassigned: 0.005,
  /** NMI to the previous clustering of one that does not change any more. */
  frozenNmi: 0.99,
  /**
   * Fall of the NMI to the labels below its highest, as a part of that. Emoji
   * fell by 0.03.
   */
  fallenNmiToLabels: 0.1,
  /**
   * Images a second as a part of the median of the epochs before. On a busy
   * machine an epoch of emoji fell to 0.55.
   */
  slower: 1 / 3,
} as const;
