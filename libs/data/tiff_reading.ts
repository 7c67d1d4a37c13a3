/**
 * Which TIFF files show a picture, and how their samples become one.
 *
 * A TIFF can hold any table of numbers. What the file itself says is a picture
 * is read; of the rest it is said what it is. Nothing is guessed from the
 * numbers, except the unit of floats, for which TIFF has no rule.
 *
 * @module
 */
import type { TiffLayout } from "./tiff_layout.ts";

/** How the samples of a TIFF become a picture. */
export type TiffReading =
  /** As its decoder reads it. */
  | { readonly kind: "plain" }
  /** Its colour bands alone, with one band of transparency if it has one. */
  | { readonly kind: "bands"; readonly transparency?: number }
  /** Its colour bands, of samples that have to be scaled to 8 bits. */
  | { readonly kind: "scaled"; readonly samples: "floats" | "integers" }
  /** Not at all. */
  | { readonly kind: "unreadable"; readonly reason: string };

/**
 * Decides how a TIFF is read.
 *
 * - Unsigned integers of 1 to 16 bits: as they are.
 * - Unsigned integers of 32 bits, and floats of 32 bits: scaled, see
 *   {@link scaleOf}. Not with transparency or with a colour profile.
 * - Bands beyond the colour: one marked as transparency is that; so is the one
 *   fourth band of red, green and blue where the file does not mark it, as
 *   libtiff and Pillow take it. All others are left out: near infrared is no
 *   part of the picture. Where the colour is grey, other bands make the file
 *   unreadable: a choice among bands that are equals is the user's.
 * - All else is unreadable: signed, complex and wider samples, 16-bit floats,
 *   colours other than grey, RGB, palette, CMYK, 16-bit CIELab and
 *   JPEG-compressed YCbCr.
 *
 * @param layout What the file says.
 * @returns See {@link TiffReading}; reasons are clauses about the image.
 */
export const tiffReading = (layout: TiffLayout): TiffReading => {
  const reason = faultOfSamples(layout) ?? faultOfColours(layout);
  if (reason !== undefined) return { kind: "unreadable", reason };
  const { bits, format, bands, profile } = layout;
  const extras = bands - (colourBands[layout.photometric] ?? bands);
  const transparency = transparencyOf(layout, extras);
  const wide = bits === 32;
  if (extras > 0 && transparency === undefined && isGrey(layout)) {
    return unreadable(
      `a TIFF of ${bands} bands, none of them marked as red, green, blue or ` +
        `transparency`,
    );
  }
  if (wide) {
    const kind = samplesText(layout);
    if (transparency !== undefined) {
      return unreadable(`a TIFF of ${kind} with transparency`);
    }
    if (profile) return unreadable(`a TIFF of ${kind} with a colour profile`);
    const samples = format === "float" ? "floats" : "integers";
    return { kind: "scaled", samples };
  }
  if (extras === 0 || (extras === 1 && transparency === 0)) {
    return { kind: "plain" };
  }
  return {
    kind: "bands",
    ...transparency !== undefined && { transparency },
  };
};

/**
 * Finds the unit of samples that are wider than 16 bits.
 *
 * Integers of 32 bits span the whole range, as TIFF says. Floats go from 0
 * to 1 where none is above 1, and from 0 to 255 otherwise. Where that would
 * show nothing, or hide something, the image is unreadable: integers that
 * would all be black, floats that are negative, above 255, or not finite, and
 * floats whose largest lies between 1 and 16, which is far too dark for the
 * one unit and too bright for the other.
 *
 * @param samples What they are.
 * @param smallest Of the colour bands; NaN if any sample is.
 * @param largest Of the colour bands; NaN if any sample is.
 * @returns What samples are multiplied by to go from 0 to 255, or the reason why
 * there is no such number, as a clause.
 */
export const scaleOf = (
  samples: "floats" | "integers",
  smallest: number,
  largest: number,
): number | string => {
  if (samples === "integers") {
    const factor = 1 / 2 ** 24;
    return largest === 0 || largest * factor >= 1
      ? factor
      : `it is a TIFF of 32-bit integers from ${smallest} to ${largest}: ` +
        `read by their whole range of 2^32, all would be black`;
  }
  if (smallest >= 0 && largest <= 1) return 255;
  if (smallest >= 0 && largest >= 16 && largest <= 255) return 1;
  const range = Number.isNaN(smallest)
    ? "that are not all numbers"
    : `from ${shown(smallest)} to ${shown(largest)}`;
  return `it is a TIFF of 32-bit floats ${range}: ` +
    `those from 0 to 1 and from 0 to 255 are read`;
};

const shown = (value: number): string => String(Number(value.toPrecision(4)));

/** Numbers of PhotometricInterpretation. */
const photometric = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  cmyk: 5,
  yCbCr: 6,
  cieLab: 8,
} as const;

/** Bands of the colours that are read. */
const colourBands: Readonly<Record<number, number>> = {
  [photometric.whiteIsZero]: 1,
  [photometric.blackIsZero]: 1,
  [photometric.rgb]: 3,
  [photometric.palette]: 1,
  [photometric.cmyk]: 4,
  [photometric.yCbCr]: 3,
  [photometric.cieLab]: 3,
};

/** Colours that are not read, as users know them. */
const otherColours: Readonly<Record<number, string>> = {
  4: "a transparency mask",
  9: "the colours of ICCLab",
  10: "the colours of ITULab",
  32803: "the raw pattern of a camera",
  32844: "the colours of LogL",
  32845: "the colours of LogLuv",
  34892: "the linear raw colours of a camera",
};

const compressedAsJpeg = 7;
const compressedAsOldJpeg = 6;

const unreadable = (what: string): TiffReading => ({
  kind: "unreadable",
  reason: `it is ${what}, which is not read`,
});

const isGrey = (layout: TiffLayout): boolean =>
  layout.photometric === photometric.blackIsZero ||
  layout.photometric === photometric.whiteIsZero;

/** `32-bit floats`. */
const samplesText = ({ bits, format }: TiffLayout): string =>
  `${bits}-bit ` +
  (format === "float"
    ? "floats"
    : format === "complex"
    ? "complex numbers"
    : format === "signed"
    ? "signed integers"
    : "integers");

const faultOfSamples = (layout: TiffLayout): string | undefined => {
  const { bands, bits, format } = layout;
  const read = format === "unsigned" || format === "undefined"
    ? [8, 16, 32].includes(bits) || (bands === 1 && [1, 2, 4].includes(bits))
    : format === "float" && bits === 32;
  const inBands = bits < 8 && bands > 1 ? ` in ${bands} bands` : "";
  return read
    ? undefined
    : `it is a TIFF of ${samplesText(layout)}${inBands}, which are not read`;
};

const faultOfColours = (layout: TiffLayout): string | undefined => {
  const { bits, compression, dng, otherInks, bands } = layout;
  const colours = layout.photometric;
  const wide = bits === 32;
  const what = dng
    ? "a raw photograph (DNG)"
    : otherColours[colours] !== undefined
    ? `a TIFF with ${otherColours[colours]}`
    : colourBands[colours] === undefined
    ? `a TIFF of an unknown kind of colours (${colours})`
    : colours === photometric.cmyk && otherInks
    ? `a TIFF of ${bands} inks that are not CMYK`
    : colours === photometric.cieLab && bits !== 16
    ? `a TIFF with the colours of CIELab in ${bits} bits`
    : colours === photometric.yCbCr && compression !== compressedAsJpeg &&
        compression !== compressedAsOldJpeg
    ? "a TIFF with the colours of YCbCr that is not compressed as JPEG"
    : wide && colours !== photometric.rgb && colours !== photometric.blackIsZero
    ? `a TIFF of ${samplesText(layout)} that are neither RGB nor grey with ` +
      `black at 0`
    : undefined;
  return what && `it is ${what}, which is not read`;
};

/** Which of the bands beyond the colour is transparency, if one is. */
const transparencyOf = (
  layout: TiffLayout,
  extras: number,
): number | undefined => {
  if (extras <= 0) return undefined;
  const { extraSamples } = layout;
  if (extraSamples === undefined) {
    return layout.photometric === photometric.rgb && extras === 1
      ? 0
      : undefined;
  }
  const at = extraSamples.findIndex((kind) => kind === 1 || kind === 2);
  return at < 0 ? undefined : at;
};
