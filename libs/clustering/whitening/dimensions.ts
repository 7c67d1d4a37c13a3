/**
 * How many dimensions PCA can keep, and when they are mostly noise.
 *
 * Whitening gives each direction the same weight. With nearly as many directions
 * as points, most of them only separate single points from all others, and
 * outweigh those that separate groups.
 *
 * @module
 */

/**
 * Minimum number of points for each dimension that PCA keeps.
 *
 * Of digits under random features, clusters in 1 dimension for 12.5 images
 * reached 0.75 to 1 of the best NMI with the digits, for 6 images 0.54 to 0.95,
 * for 3 images 0.24 to 0.69 (`fixtures/measure_dimensions.py`, its table in
 * `docs/results.md`). The paper has 5 000 images a dimension.
 */
const pointsPerDimension = 10;

/**
 * Returns the number of dimensions that PCA keeps at most.
 *
 * @param points Number of points: n of them span n - 1 dimensions.
 * @param features Length of a feature.
 * @param components Maximum number of components.
 * @returns Dimensions; `fitWhitening` keeps fewer where there is no variance.
 */
export const maxDimensions = (
  points: number,
  features: number,
  components: number,
): number => Math.max(1, Math.min(components, features, points - 1));

/**
 * Returns a warning if PCA keeps more dimensions than the images can fill.
 *
 * @param images Number of images.
 * @param features Length of a feature.
 * @param pca Dimensions that the user typed.
 * @returns The warning, or `undefined` if there are enough images.
 */
export const dimensionsWarning = (
  images: number,
  features: number,
  pca: number,
): string | undefined => {
  const kept = maxDimensions(images, features, pca);
  if (images >= pointsPerDimension * kept) return undefined;
  const advised = Math.max(1, Math.floor(images / pointsPerDimension));
  if (advised >= kept) return undefined;
  const requested = kept < pca ? ` of ${pca}` : "";
  return `PCA keeps ${kept}${requested} dimensions of ${images} images: with fewer ` +
    `than ${pointsPerDimension} images a dimension they are mostly noise, ` +
    `which hides clusters; ${
      advised > 1 ? `use --pca ${advised} or lower` : "use more images"
    }`;
};
