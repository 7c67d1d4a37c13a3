/**
 * How many dimensions PCA can keep of so many points, and when they are noise.
 *
 * Whitening gives each kept direction the same weight. Near as many directions
 * as points, most of them tell single points from all others and nothing else,
 * and drown those that tell groups apart.
 *
 * @module
 */

/**
 * Points that a kept dimension should have, at least.
 *
 * Of digits under random features, clusters in 1 dimension for 12.5 images
 * reached 0.75 to 1 of the best NMI with the digits, for 6 images 0.54 to 0.95,
 * for 3 images 0.24 to 0.69 (`fixtures/measure_dimensions.py`, its table in
 * `docs/results.md`). The paper has 5 000 images a dimension.
 */
export const pointsPerDimension = 10;

/**
 * Tells how many dimensions PCA keeps at most.
 *
 * @param points Number of points: n of them span n - 1 dimensions.
 * @param features Length of a feature.
 * @param components Dimensions asked for.
 * @returns Dimensions; `whiten` keeps fewer where there is no variance.
 */
export const mostDimensions = (
  points: number,
  features: number,
  components: number,
): number => Math.max(1, Math.min(components, features, points - 1));

/**
 * Warns of PCA that keeps more dimensions than so few images can fill.
 *
 * @param images Number of images.
 * @param features Length of a feature.
 * @param pca Dimensions asked for.
 * @returns What to tell the user, or `undefined` where there are images enough.
 */
export const dimensionsWarning = (
  images: number,
  features: number,
  pca: number,
): string | undefined => {
  const kept = mostDimensions(images, features, pca);
  if (images >= pointsPerDimension * kept) return undefined;
  const advised = Math.max(1, Math.floor(images / pointsPerDimension));
  if (advised >= kept) return undefined;
  const asked = kept < pca ? ` of ${pca}` : "";
  return `PCA keeps ${kept}${asked} dimensions of ${images} images: with fewer ` +
    `than ${pointsPerDimension} images a dimension they are mostly noise, ` +
    `which hides clusters; use --pca ${advised} or lower`;
};
