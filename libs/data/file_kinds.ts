/**
 * What a file is that is no image of a known format, by its first bytes.
 *
 * @module
 */
// Signatures of files are made of control characters.
// deno-lint-ignore-file no-control-regex

/** Bytes of a file's beginning that are enough to recognise its kind. */
export const kindBytes = 1024;

/** The formats that are decoded, as a message says them. */
export const knownFormats = "JPEG, PNG, WebP, GIF, TIFF, AVIF and SVG";

/**
 * Tells what a file is that cannot be decoded.
 *
 * @param head The file's first {@link kindBytes} bytes, or all if fewer.
 * @returns A clause, such as `it is a BMP image, which is not read: …`; or
 * `undefined` when its first bytes do not tell.
 */
export const kindOf = (head: Uint8Array): string | undefined => {
  // One character a byte, so that patterns can be written as text.
  const text = String.fromCharCode(...head.subarray(0, kindBytes));
  const image = otherImages.find(({ pattern }) => pattern.test(text));
  if (image !== undefined) {
    return `it is ${image.kind}, which is not read: ${knownFormats} are`;
  }
  return otherFiles.find(({ pattern }) => pattern.test(text))?.clause;
};

/** Formats of images that are not decoded. */
const otherImages: readonly {
  readonly kind: string;
  readonly pattern: RegExp;
}[] = [
  { kind: "a BMP image", pattern: /^BM[^]{4}\0\0\0\0/ },
  { kind: "a PBM image", pattern: /^P[14]\s/ },
  { kind: "a PGM image", pattern: /^P[25]\s/ },
  { kind: "a PPM image", pattern: /^P[36]\s/ },
  { kind: "a PAM image", pattern: /^P7\n/ },
  { kind: "a PFM image", pattern: /^P[Ff]\n/ },
  {
    kind: "a JPEG 2000 image",
    pattern: /^(\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/,
  },
  { kind: "a JPEG XL image", pattern: /^(\xff\x0a|\0\0\0\x0cJXL )/ },
  {
    kind: "an HEIC image",
    pattern: /^[^]{4}ftyp(hei[cxms]|hev[cxms]|mif1(?![^]{0,40}avi[fs]))/,
  },
  { kind: "an icon (ICO)", pattern: /^\0\0[\x01\x02]\0[^\0]\0/ },
  { kind: "a Photoshop image (PSD)", pattern: /^8BPS/ },
  { kind: "an OpenEXR image", pattern: /^\x76\x2f\x31\x01/ },
  { kind: "a Radiance HDR image", pattern: /^#\?(RADIANCE|RGBE)/ },
  { kind: "a FITS image", pattern: /^SIMPLE {2}=/ },
  { kind: "a DICOM image", pattern: /^[^]{128}DICM/ },
  {
    // It has no signature, but a header of fields with few possible values.
    kind: "a TGA image",
    pattern: /^[^]\0[\x02\x03\x0a\x0b]\0{5}[^]{8}[\x08\x0f\x10\x18\x20]/,
  },
];

/** Files that are no images. */
const otherFiles: readonly {
  readonly clause: string;
  readonly pattern: RegExp;
}[] = [
  {
    clause: "it is a pointer of Git LFS, not the image itself: fetch it with " +
      "`git lfs pull`",
    pattern: /^version https:\/\/git-lfs/,
  },
  {
    clause: "it is a web page (HTML), not an image",
    pattern: /^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body)\b/i,
  },
  { clause: "it is a PDF document, not an image", pattern: /^%PDF-/ },
  { clause: "it is a ZIP archive, not an image", pattern: /^PK\x03\x04/ },
  { clause: "it is a NumPy array, not an image", pattern: /^\x93NUMPY/ },
  {
    clause: "it is a video, not an image",
    pattern:
      /^([^]{4}ftyp(isom|mp4|M4V|qt {2})|RIFF[^]{4}AVI |\x1a\x45\xdf\xa3)/,
  },
];
