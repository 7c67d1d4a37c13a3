/**
 * The views of an image whose features are evaluated.
 *
 * @module
 */

/** Views of each image: its centre, or the ten crops of section 4.3. */
export type Crops = "centre" | "ten";

/**
 * Returns the number of rows that each image has.
 *
 * @param crops The views.
 * @returns 10 or 1.
 */
export const cropsOf = (crops: Crops): number => crops === "ten" ? 10 : 1;
