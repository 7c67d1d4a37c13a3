/**
 * Figures as the report writes them.
 *
 * @module
 */

const format = new Intl.NumberFormat("en");

/**
 * Writes a number with its thousands apart.
 *
 * @param n An integer.
 * @returns Such as `12,806`.
 */
export const grouped = (n: number): string => format.format(n);

/**
 * Writes a number of things.
 *
 * @param n How many.
 * @param thing One of them.
 * @param things Several of them. Default: with an s.
 * @returns Such as `1 image` or `12,806 images`.
 */
export const count = (
  n: number,
  thing: string,
  things: string = `${thing}s`,
): string => `${grouped(n)} ${n === 1 ? thing : things}`;

/**
 * Writes a fraction in percent.
 *
 * @param fraction 0 to 1.
 * @returns It with one digit, such as `40.2 %`; of less than 1 % two.
 */
export const percent = (fraction: number): string =>
  `${(100 * fraction).toFixed(fraction < 0.01 && fraction > 0 ? 2 : 1)} %`;

/**
 * Writes a fraction in percent beside an axis and in tables.
 *
 * @param fraction Any fraction.
 * @returns It with at most three digits, such as `40 %` or `0.125 %`.
 */
export const shortPercent = (fraction: number): string =>
  `${Number((100 * fraction).toPrecision(3))} %`;

/**
 * Writes a figure of three decimals, as losses and NMI are compared.
 *
 * @param value Any number.
 * @returns Such as `0.231`.
 */
export const threeDecimals = (value: number): string => value.toFixed(3);

/**
 * Keeps each percentage in one line with the word that follows it.
 *
 * @param text For a page.
 * @returns The text with spaces that do not break.
 */
export const unbroken = (text: string): string =>
  text.replaceAll(/ % ?/g, (space) => space.replaceAll(" ", "\u00a0"));
