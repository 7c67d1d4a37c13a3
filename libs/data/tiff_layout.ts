/**
 * What a TIFF file says of its samples: the tags of its first page.
 *
 * sharp tells neither which bands are transparency nor how samples are stored,
 * so the tags are read here.
 *
 * Reference: TIFF revision 6.0, Adobe 1992, section 2; the BigTIFF design of
 * libtiff 4.
 *
 * @module
 */

/** How the samples of a TIFF's first page are stored. */
export interface TiffLayout {
  /** Bits of a sample, the same for all bands. */
  readonly bits: number;
  /** What the bits are. */
  readonly format: "unsigned" | "signed" | "float" | "complex" | "undefined";
  /** Bands, those beyond the colour included. */
  readonly bands: number;
  /** What the colour bands are: number of a PhotometricInterpretation. */
  readonly photometric: number;
  /**
   * What the bands beyond the colour are, in their order: 1 and 2 are
   * transparency, 0 is unspecified. Absent where the file does not say.
   */
  readonly extraSamples?: readonly number[];
  /** Number of the compression. */
  readonly compression: number;
  /** Whether four-colour bands are other inks than CMYK. */
  readonly otherInks: boolean;
  /** Whether there is a colour profile. */
  readonly profile: boolean;
  /** Whether it is a camera's raw file in the DNG format. */
  readonly dng: boolean;
}

/**
 * Reads how the samples of a TIFF's first page are stored.
 *
 * Both byte orders, TIFF and BigTIFF. Reads nothing but the first directory.
 *
 * @param bytes An entire file, of any kind.
 * @returns The layout, or `undefined` when the file is no TIFF, or its first
 * directory is damaged: then its decoder has to say what is wrong.
 */
export const tiffLayout = (bytes: Uint8Array): TiffLayout | undefined => {
  const tags = firstDirectory(bytes);
  const photometric = tags?.get(tagNumbers.photometric)?.[0];
  if (tags === undefined || photometric === undefined) return undefined;
  const bits = tags.get(tagNumbers.bits) ?? [1];
  const formats = tags.get(tagNumbers.format) ?? [1];
  const same = (values: readonly number[]) =>
    values.every((value) => value === values[0]);
  if (!same(bits) || !same(formats)) return undefined;
  const extraSamples = tags.get(tagNumbers.extraSamples);
  return {
    bits: bits[0]!,
    format: sampleFormats[formats[0]!] ?? "undefined",
    bands: tags.get(tagNumbers.bands)?.[0] ?? 1,
    photometric,
    ...extraSamples && { extraSamples },
    compression: tags.get(tagNumbers.compression)?.[0] ?? 1,
    otherInks: (tags.get(tagNumbers.inkSet)?.[0] ?? 1) !== 1,
    profile: tags.has(tagNumbers.profile),
    dng: tags.has(tagNumbers.dngVersion),
  };
};

const tagNumbers = {
  bits: 258,
  compression: 259,
  photometric: 262,
  bands: 277,
  inkSet: 332,
  extraSamples: 338,
  format: 339,
  profile: 34675,
  dngVersion: 50706,
} as const;

const sampleFormats: Readonly<Record<number, TiffLayout["format"]>> = {
  1: "unsigned",
  2: "signed",
  3: "float",
  5: "complex",
  6: "complex",
};

/** The tags asked for, and how many values of each are read at most. */
const wanted: ReadonlySet<number> = new Set(Object.values(tagNumbers));
const mostValues = 1024;

/** Offsets and sizes in a directory. */
interface Sizes {
  /** Bytes of the number of entries. */
  readonly count: 2 | 8;
  /** Bytes of an offset, which is also room for values in an entry. */
  readonly offset: 4 | 8;
}

/** Values of the tags asked for, by tag; nothing if anything is amiss. */
const firstDirectory = (
  bytes: Uint8Array,
): ReadonlyMap<number, readonly number[]> | undefined => {
  const little = bytes[0] === 0x49 && bytes[1] === 0x49;
  const big = bytes[0] === 0x4d && bytes[1] === 0x4d;
  if (!little && !big) return undefined;
  const at = reader(bytes, little);
  const version = at(2, 2);
  if (version !== 42 && version !== 43) return undefined;
  const sizes: Sizes = version === 42
    ? { count: 2, offset: 4 }
    : { count: 8, offset: 8 };
  const start = version === 42 ? at(4, 4) : at(8, 8);
  const entries = start === undefined ? undefined : at(start, sizes.count);
  if (entries === undefined || entries > 65_535) return undefined;
  const tags = new Map<number, readonly number[]>();
  for (let i = 0; i < entries; i++) {
    const entry = start! + sizes.count + i * (4 + 2 * sizes.offset);
    const tag = at(entry, 2);
    if (tag === undefined) return undefined;
    if (!wanted.has(tag)) continue;
    const values = valuesOf(at, entry, sizes);
    if (values === undefined) return undefined;
    tags.set(tag, values);
  }
  return tags;
};

/** An unsigned number of some bytes, if the file holds them. */
type At = (offset: number, bytes: number) => number | undefined;

const reader = (bytes: Uint8Array, little: boolean): At => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return (offset, length) => {
    if (offset + length > bytes.length) return undefined;
    switch (length) {
      case 1:
        return view.getUint8(offset);
      case 2:
        return view.getUint16(offset, little);
      case 4:
        return view.getUint32(offset, little);
      default:
        return Number(view.getBigUint64(offset, little));
    }
  };
};

/** Bytes of a value of the types that hold integers or bytes. */
const typeBytes: Readonly<Record<number, number>> = {
  1: 1, // BYTE
  3: 2, // SHORT
  4: 4, // LONG
  7: 1, // UNDEFINED
  16: 8, // LONG8
};

/** The first values of an entry, which stand in it if there is room. */
const valuesOf = (
  at: At,
  entry: number,
  { offset: room }: Sizes,
): readonly number[] | undefined => {
  const type = at(entry + 2, 2);
  const count = at(entry + 4, room);
  const bytes = typeBytes[type ?? 0];
  if (bytes === undefined || count === undefined || count === 0) {
    return undefined;
  }
  const inside = entry + 4 + room;
  const start = count * bytes <= room ? inside : at(inside, room);
  if (start === undefined) return undefined;
  const values: number[] = [];
  for (let i = 0; i < Math.min(count, mostValues); i++) {
    const value = at(start + i * bytes, bytes);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
};
