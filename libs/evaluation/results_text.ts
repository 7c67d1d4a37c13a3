/**
 * Figures for a terminal: one line for a statistic of a layer, with the models
 * side by side.
 *
 * @module
 */
import type { CombinedResult } from "./results.ts";

/** Says one thing of a figure, such as how images were split. */
export type Describe = (figure: CombinedResult) => string;

/** What {@link blocksOfText} says besides statistics and layers. */
export interface BlockWords {
  /** What all figures of a block share: each is a word of its first line. */
  readonly block: readonly Describe[];
  /** What the figures of one protocol share: its line. */
  readonly protocol: readonly Describe[];
}

/** The layer of the pixels, which are the output of no network. */
const pixels = "pixels";

/**
 * Writes figures as blocks of aligned lines.
 *
 * A block has the figures of one split and one number of test images, for which
 * the models' names stand once. Below the line of a protocol stand its
 * statistics, layer by layer. The value of the pixels is repeated beside each
 * layer, for comparison. Empty words are left out.
 *
 * @param figures In the order of the lines.
 * @param words See {@link BlockWords}.
 * @returns Lines, with an empty one before each block.
 */
export const blocksOfText = (
  figures: readonly CombinedResult[],
  { block, protocol }: BlockWords,
): readonly string[] =>
  groupsOf(figures, wordsBy(block)).flatMap(([words, some]) => {
    const models = [...new Set(some.map(({ model }) => model))];
    const groups = groupsOf(some, wordsBy(protocol))
      .map(([name, group]) => [name, linesOf(group, models)] as const);
    const widths = widthsOf([
      ["", "", ...models],
      ...groups.flatMap(([, lines]) => lines),
    ]);
    return [
      "",
      ...words === "" ? [] : [words],
      aligned(["", "", ...models], widths),
      ...groups.flatMap(([name, lines]) => [
        name,
        ...lines.map((line) => aligned(line, widths)),
      ]),
    ];
  });

/**
 * Joins words.
 *
 * @param words Each says one thing of a figure; empty ones are left out.
 * @returns What says all of them.
 */
export const wordsBy = (words: readonly Describe[]): Describe => (figure) =>
  words.map((word) => word(figure)).filter((word) => word !== "").join(", ");

/**
 * Groups figures.
 *
 * @param figures The figures.
 * @param keyOf Says what those of a group share.
 * @returns Keys and figures, both in the order of their first appearance.
 */
export const groupsOf = (
  figures: readonly CombinedResult[],
  keyOf: Describe,
): readonly (readonly [string, readonly CombinedResult[]])[] => {
  const groups = new Map<string, CombinedResult[]>();
  for (const figure of figures) {
    const key = keyOf(figure);
    groups.set(key, [...groups.get(key) ?? [], figure]);
  }
  return [...groups];
};

/** Statistic, layer, and the value of each model; the statistic once. */
const linesOf = (
  figures: readonly CombinedResult[],
  models: readonly string[],
): readonly (readonly string[])[] =>
  groupsOf(figures, ({ statistic }) => statistic).flatMap(([name, some]) => {
    const all = [...new Set(some.map(({ layer }) => layer))];
    const networks = all.filter((layer) => layer !== pixels);
    const layers = networks.length > 0 ? networks : all;
    return layers.map((layer, i) => [
      i === 0 ? `  ${name}` : "",
      layer,
      ...models.map((model) => {
        const figure = some.find((one) =>
          one.model === model && [layer, pixels].includes(one.layer)
        );
        return figure === undefined ? "" : valueText(figure);
      }),
    ]);
  });

/** How far it varies over seeds, else how far one seed's may be trusted. */
const valueText = ({ value, deviation, interval }: CombinedResult): string => {
  const digits = (number: number) => number.toFixed(3);
  if (deviation !== undefined) return `${digits(value)} ± ${digits(deviation)}`;
  return interval === undefined
    ? digits(value)
    : `${digits(value)} (${digits(interval.low)} to ${digits(interval.high)})`;
};

const widthsOf = (rows: readonly (readonly string[])[]): readonly number[] =>
  rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length))
  );

const aligned = (row: readonly string[], widths: readonly number[]): string =>
  row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd();
