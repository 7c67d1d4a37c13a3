/**
 * Sizes of files and memory as text.
 *
 * @module
 */

/**
 * Writes a size in the unit that suits it.
 *
 * @param bytes The size; not negative.
 * @returns For example `512 KiB`, `1.4 GiB`.
 */
export const bytesText = (bytes: number): string => {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(
    units.length - 1,
    Math.floor(Math.log2(Math.max(1, bytes)) / 10),
  );
  const amount = bytes / 1024 ** power;
  return `${
    amount < 9.95 && power > 0 ? amount.toFixed(1) : Math.round(amount)
  } ${units[power]}`;
};
