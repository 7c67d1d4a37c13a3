/**
 * A decoded image, as every step after the decoder sees it.
 *
 * @module
 */

/** Pixels in sRGB, row-major, the channels of a pixel side by side. */
export interface Image {
  /** Pixels across, at least 1. */
  readonly width: number;
  /** Pixels down, at least 1. */
  readonly height: number;
  /**
   * `height * width * 3` values from 0 to 255: shape `[height, width, 3]`.
   * May be a view on a cache: do not write to it.
   */
  readonly data: Uint8Array;
}
