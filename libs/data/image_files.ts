/**
 * Which files of a folder are images, by their names.
 *
 * @module
 */

const extensions = new Set([
  // Decoded by libvips.
  ..."jpg jpeg jpe jfif png webp gif tif tiff avif svg svgz".split(" "),
  // Images that it cannot decode: taken, so that they are listed as unreadable.
  ..."bmp heic heif jp2 j2k jxl ico psd ppm pgm pbm pnm tga dng".split(" "),
]);

/**
 * Whether a file is taken for an image.
 *
 * Files of other names (notes, labels, archives) are ignored without being
 * opened; a manifest can name any file.
 *
 * @param name Of the file, with or without its folder.
 * @returns Whether its extension is one of an image, in any case of letters.
 */
export const isImageName = (name: string): boolean => {
  const dot = name.lastIndexOf(".");
  return dot >= 0 && extensions.has(name.slice(dot + 1).toLowerCase());
};
