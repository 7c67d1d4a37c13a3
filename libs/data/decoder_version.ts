/**
 * What decoded pixels depend on besides the file that they come from.
 *
 * @module
 */
import sharp from "sharp";

/**
 * Names the decoder: whatever is kept of decoded images belongs to it. The
 * number in front goes up when {@link decode} gives other pixels for a file,
 * or other images are unreadable.
 */
export const decoderVersion: string =
  `2, sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;
