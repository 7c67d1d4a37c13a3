/**
 * Small uncompressed TIFF files with any tags, for tests.
 *
 * @module
 */

/** What a file says and holds. */
export interface TiffFixture {
  /** Pixels in a row. */
  readonly width: number;
  /** Samples, bands side by side, written as their array's type says. */
  readonly samples:
    | Uint8Array
    | Int8Array
    | Uint16Array
    | Int16Array
    | Uint32Array
    | Int32Array
    | Float32Array
    | Float64Array;
  /** Bands. */
  readonly bands?: number;
  /** PhotometricInterpretation. Default: 1, grey with black at 0. */
  readonly photometric?: number;
  /** ExtraSamples. Default: no such tag. */
  readonly extraSamples?: readonly number[];
  /** SampleFormat. Default: no such tag. */
  readonly format?: number;
  /** BitsPerSample, when not that of the samples' type. */
  readonly bits?: number;
  /** Whether the most significant byte comes first. */
  readonly bigEndian?: boolean;
  /** Whether offsets have 64 bits. */
  readonly bigTiff?: boolean;
  /** Further tags of one SHORT. */
  readonly tags?: Readonly<Record<number, number>>;
}

/**
 * Writes a TIFF of one strip.
 *
 * @param fixture See {@link TiffFixture}.
 * @returns The file.
 */
export const tiffFile = (fixture: TiffFixture): Uint8Array => {
  const { samples, width, bands = 1, bigEndian = false } = fixture;
  const { bigTiff = false, photometric = 1 } = fixture;
  const little = !bigEndian;
  const bytesEach = samples.BYTES_PER_ELEMENT;
  const bits = fixture.bits ?? 8 * bytesEach;
  const height = samples.length / bands / width;
  const header = bigTiff ? 16 : 8;
  const entries: (readonly [number, readonly number[]])[] = [
    [256, [width]],
    [257, [height]],
    [258, Array<number>(bands).fill(bits)],
    [259, [1]],
    [262, [photometric]],
    [273, [header]],
    [277, [bands]],
    [278, [height]],
    [279, [samples.byteLength]],
    ...fixture.extraSamples ? [[338, fixture.extraSamples] as const] : [],
    ...fixture.format
      ? [[339, Array<number>(bands).fill(fixture.format)] as const]
      : [],
    ...Object.entries(fixture.tags ?? {})
      .map(([tag, value]) => [Number(tag), [value]] as const),
  ];
  entries.sort(([a], [b]) => a - b);
  const room = bigTiff ? 8 : 4;
  const directory = header + samples.byteLength + samples.byteLength % 2;
  const entrySize = 4 + 2 * room;
  const countSize = bigTiff ? 8 : 2;
  const beyond = directory + countSize + entries.length * entrySize + room;
  const file = new DataView(new ArrayBuffer(beyond + 2 * 1024));
  const offsetAt = (at: number, value: number) =>
    bigTiff
      ? file.setBigUint64(at, BigInt(value), little)
      : file.setUint32(at, value, little);
  file.setUint16(0, bigEndian ? 0x4d4d : 0x4949);
  file.setUint16(2, bigTiff ? 43 : 42, little);
  if (bigTiff) file.setUint16(4, 8, little);
  offsetAt(bigTiff ? 8 : 4, directory);
  writeSamples(file, header, samples, little);
  if (bigTiff) file.setBigUint64(directory, BigInt(entries.length), little);
  else file.setUint16(directory, entries.length, little);
  let free = beyond;
  entries.forEach(([tag, values], i) => {
    const at = directory + countSize + i * entrySize;
    file.setUint16(at, tag, little);
    file.setUint16(at + 2, 3, little); // SHORT
    offsetAt(at + 4, values.length);
    const inside = 2 * values.length <= room;
    const start = inside ? at + 4 + room : free;
    if (!inside) {
      offsetAt(at + 4 + room, free);
      free += 2 * values.length;
    }
    values.forEach((value, j) => file.setUint16(start + 2 * j, value, little));
  });
  return new Uint8Array(file.buffer, 0, free);
};

const writeSamples = (
  file: DataView,
  start: number,
  samples: TiffFixture["samples"],
  little: boolean,
): void => {
  const bytesEach = samples.BYTES_PER_ELEMENT;
  const own = new Uint8Array(
    samples.buffer,
    samples.byteOffset,
    samples.byteLength,
  );
  own.forEach((byte, at) => {
    const within = at % bytesEach;
    const place = little ? within : bytesEach - 1 - within;
    file.setUint8(start + at - within + place, byte);
  });
};
