/**
 * 16-bit floating-point numbers (IEEE 754 binary16), for runtimes that have no
 * `Float16Array`.
 *
 * @module
 */

const bits = new Uint32Array(1);
const single = new Float32Array(bits.buffer);

/**
 * Rounds a number to 16 bits, ties to even.
 *
 * @param value Any number; from 65520 on it becomes infinite.
 * @returns The bits.
 */
export const halfBits = (value: number): number => {
  single[0] = value;
  const sign = bits[0]! >>> 16 & 0x8000;
  const magnitude = bits[0]! & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    return sign | roundEven(Math.abs(value) * 2 ** 24);
  }
  const rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
  return sign | (rounded - 0x38000000) >>> 13;
};

/**
 * Reads a number of 16 bits.
 *
 * @param half The bits.
 * @returns The number, exactly.
 */
export const halfNumber = (half: number): number => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = half >>> 10 & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1024 + fraction) * 2 ** (exponent - 25);
};

const roundEven = (value: number): number => {
  const floor = Math.floor(value);
  const excess = value - floor;
  return excess > 0.5 || excess === 0.5 && floor % 2 === 1 ? floor + 1 : floor;
};
