/**
 * Figures within the sentences of warnings.
 *
 * @module
 */

/**
 * Writes a number with three significant digits.
 *
 * @param value Any number.
 * @returns For example `5.30`, `0.0412`, `12.3`, `1234`.
 */
export const figure = (value: number): string =>
  Math.abs(value) >= 100
    ? value.toFixed(0)
    : Math.abs(value) >= 1
    ? value.toPrecision(3)
    : String(Number(value.toPrecision(3)));

/**
 * Writes a fraction as a percentage that never rounds to none or all.
 *
 * @param fraction From 0 to 1.
 * @returns For example `42 %`, `0.3 %`, `99.7 %`.
 */
export const percent = (fraction: number): string => {
  const value = 100 * fraction;
  const near = Math.min(value, 100 - value);
  return `${near >= 1 || near <= 0 ? value.toFixed(0) : value.toFixed(1)} %`;
};
