/**
 * Floating-point numbers of other widths as 32-bit floats.
 *
 * 16-bit formats convert exactly; 64-bit numbers are rounded to the nearest.
 *
 * Reference: IEEE 754 binary16 and binary64; bfloat16 is the upper half of a
 * binary32.
 *
 * @module
 */
import { halfNumber } from "@deepcluster/core";

/** Formats that are read. */
export type FloatFormat = "float16" | "bfloat16" | "float32" | "float64";

/** Bytes of a number. */
export const floatBytes: Readonly<Record<FloatFormat, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
};

/**
 * Reads little-endian numbers. Those of 32 bits at a multiple of 4 bytes are
 * a view, others a new array.
 *
 * @param format What the bytes mean.
 * @param bytes An integer number of values.
 * @returns The numbers.
 */
export const floatsOf = (
  format: FloatFormat,
  bytes: Uint8Array,
): Float32Array => {
  const width = floatBytes[format];
  const count = bytes.byteLength / width;
  const { buffer, byteOffset } = bytes.byteOffset % width === 0
    ? bytes
    : bytes.slice();
  switch (format) {
    case "float32":
      return new Float32Array(buffer, byteOffset, count);
    case "float64":
      return Float32Array.from(new Float64Array(buffer, byteOffset, count));
    case "bfloat16":
      return new Float32Array(
        Uint32Array.from(
          new Uint16Array(buffer, byteOffset, count),
          (upper) => upper << 16,
        ).buffer,
      );
    case "float16":
      return Float32Array.from(
        new Uint16Array(buffer, byteOffset, count),
        halfNumber,
      );
  }
};
