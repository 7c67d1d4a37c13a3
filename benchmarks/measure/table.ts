/**
 * Tables of text, as the commands of this folder print them.
 *
 * @module
 */

/**
 * Returns a Markdown table; the first column is aligned left, the others right.
 *
 * @param head Names of the columns.
 * @param rows As many cells each.
 * @returns Lines of a Markdown table, aligned.
 */
export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string => {
  const widths = head.map((name, c) =>
    Math.max(3, name.length, ...rows.map((cells) => cells[c]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((cell, c) =>
        c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)
      ).join(" | ")
    } |`;
  const rule = widths.map((width, c) =>
    c === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return [line(head), line(rule), ...rows.map(line)].join("\n");
};

/**
 * Formats a time with three digits in s, ms or µs.
 *
 * @param seconds At least 0.
 * @returns Such as `1.23 s`, `45.6 ms`, `7.89 µs`.
 */
export const showSeconds = (seconds: number): string => {
  if (seconds >= 1) return `${digits(seconds)} s`;
  if (seconds >= 1e-3) return `${digits(seconds * 1e3)} ms`;
  return `${digits(seconds * 1e6)} µs`;
};

/**
 * Formats a fraction as a percentage.
 *
 * @param fraction 1 is 100 %.
 * @returns Such as `93.1 %`.
 */
export const showPercent = (fraction: number): string =>
  `${(fraction * 100).toFixed(1)} %`;

/**
 * Formats a ratio.
 *
 * @param ratio At least 0.
 * @returns Such as `1.85×`.
 */
export const showRatio = (ratio: number): string => `${digits(ratio)}×`;

/**
 * Formats a number with three digits.
 *
 * @param value Any number.
 * @returns Such as `1.23`, `45.6`, `789`.
 */
export const digits = (value: number): string => {
  const size = Math.floor(Math.log10(Math.abs(value) || 1));
  return value.toFixed(Math.max(0, 2 - Math.max(0, size)));
};
