/**
 * The version of our file formats, so that a program says plainly that a file
 * is of a newer one instead of misreading it.
 *
 * A file that states no version is of version 1. Tables state their columns
 * instead, and cached results lie under keys that hold the versions of what was
 * computed; safetensors are of version 1 and state none, so that their bytes
 * stay as they were.
 *
 * @module
 */

/** The version that this program reads and writes. */
export const formatVersion = 1;

/** What a file of another version breaks, for the message. */
export const formatRule: string =
  "its format must be of a version that this program knows";

/**
 * Tells whether a file is of an unknown version.
 *
 * @param stated `formatVersion` of the file; `undefined` when it states none.
 * @returns What the file states and what to do, or `undefined` when the version
 * is known.
 */
export const unknownFormat = (stated: unknown): string | undefined =>
  stated === undefined || String(stated) === String(formatVersion)
    ? undefined
    : `format version ${stated}, this program knows ${formatVersion}` +
      (Number(stated) > formatVersion
        ? "; use the newer program that wrote it"
        : "");
