/**
 * What agreement chance gives: two clusterings that have nothing to do with
 * each other agree the more, the fewer points there are to a cluster.
 *
 * Reference: N. X. Vinh, J. Epps, J. Bailey, "Information theoretic measures for
 * clusterings comparison", 2010.
 *
 * @module
 */

/**
 * Estimates the NMI of two independent clusterings into as many clusters of even
 * sizes.
 *
 * The points of one cluster fall into those of the other clustering as Poisson
 * counts, whose entropy falls short of ln k by the mutual information of chance;
 * that both have fixed sizes takes (k - 1)² / k² of it.
 *
 * @param points Number of points, n.
 * @param clusters Number of clusters, at least 2.
 * @returns NMI, from 0 for few clusters to 1 for as many clusters as points.
 */
export const nmiByChance = (points: number, clusters: number): number => {
  const size = points / clusters;
  const mean = size / clusters;
  // E[x ln x] of a Poisson count, by its probabilities around the mean.
  const last = Math.ceil(mean + 12 * Math.sqrt(mean) + 12);
  let sum = 0;
  let logProbability = -mean;
  for (let x = 1; x <= last; x++) {
    logProbability += Math.log(mean / x);
    sum += Math.exp(logProbability) * x * Math.log(x);
  }
  const entropy = Math.log(size) - clusters * sum / size;
  const lnK = Math.log(clusters);
  const fixedSizes = ((clusters - 1) / clusters) ** 2;
  return Math.min(1, Math.max(0, fixedSizes * (lnK - entropy) / lnK));
};
