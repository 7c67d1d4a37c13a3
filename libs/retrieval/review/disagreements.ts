/**
 * Labels that an image's nearest neighbours disagree with: mistakes to look
 * for. The labels come from outside and are kept nowhere.
 *
 * Reference: C. G. Northcutt, L. Jiang, I. L. Chuang, "Confident learning:
 * estimating uncertainty in dataset labels", 2021, with the vote of the
 * neighbours as the predicted probabilities.
 *
 * @module
 */

/** A label that the neighbours disagree with. */
export interface Disagreement {
  /** Index of the image. */
  readonly image: number;
  /** Its label. */
  readonly label: number;
  /** The label that most neighbours have. */
  readonly suggested: number;
  /** Fraction of the neighbours with its own label. */
  readonly agreeing: number;
  /** Fraction of the neighbours with the suggested one. */
  readonly suggesting: number;
  /**
   * Whether that is at least as many as an image of the suggested class has of
   * its own on average: confident learning counts these as mistakes.
   */
  readonly confident: boolean;
}

/**
 * Finds images whose neighbours have another label.
 *
 * @param labels `[n]` label of each image, -1: none.
 * @param neighbours Indices of the nearest images of each, itself excluded.
 * @returns Those whose own label is not among the most frequent ones of their
 * labelled neighbours: confident ones first, then by how far the suggested
 * label is ahead of their own.
 */
export const disagreementsOf = (
  labels: Int32Array,
  neighbours: readonly (readonly number[])[],
): readonly Disagreement[] => {
  const votes = neighbours.map((near) => voteOf(labels, near));
  const usual = meanAgreement(labels, votes);
  return Array.from(labels, (label, image) => {
    const vote = votes[image]!;
    const agreeing = vote.get(label) ?? 0;
    const [suggested, suggesting] = winner(vote);
    return {
      image,
      label,
      suggested,
      agreeing,
      suggesting,
      confident: suggesting >= (usual.get(suggested) ?? Infinity),
    };
  })
    .filter(({ label, agreeing, suggesting }) =>
      label >= 0 && suggesting > agreeing
    )
    .sort((a, b) =>
      Number(b.confident) - Number(a.confident) ||
      (b.suggesting - b.agreeing) - (a.suggesting - a.agreeing) ||
      a.image - b.image
    );
};

/** Fractions of the labelled neighbours by their labels. */
const voteOf = (
  labels: Int32Array,
  near: readonly number[],
): ReadonlyMap<number, number> => {
  const labelled = near.map((one) => labels[one]!).filter((one) => one >= 0);
  const vote = new Map<number, number>();
  for (const label of labelled) {
    vote.set(label, (vote.get(label) ?? 0) + 1 / labelled.length);
  }
  return vote;
};

/** The most frequent label; of equally frequent ones the lower. */
const winner = (
  vote: ReadonlyMap<number, number>,
): readonly [label: number, fraction: number] => {
  let best: readonly [number, number] = [-1, 0];
  for (const [label, fraction] of vote) {
    const isAhead = fraction > best[1] ||
      fraction === best[1] && label < best[0];
    if (isAhead) best = [label, fraction];
  }
  return best;
};

/** Mean fraction of neighbours of the own label, by label. */
const meanAgreement = (
  labels: Int32Array,
  votes: readonly ReadonlyMap<number, number>[],
): ReadonlyMap<number, number> => {
  const sums = new Map<number, readonly [sum: number, count: number]>();
  labels.forEach((label, image) => {
    if (label < 0) return;
    const [sum, count] = sums.get(label) ?? [0, 0];
    sums.set(label, [sum + (votes[image]!.get(label) ?? 0), count + 1]);
  });
  return new Map(
    Array.from(sums, ([label, [sum, count]]) => [label, sum / count]),
  );
};
