/**
 * The size of images for R-MAC: an entry of its own
 * (`@deepcluster/retrieval/rmac-size`), so that help loads no network.
 *
 * @module
 */

/** Longer side of an image in the paper, in pixels. */
export const defaultRmacSize = 1024;
