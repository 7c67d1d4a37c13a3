/**
 * Figures as a table: for a terminal, as Markdown, as a page, and for machines.
 *
 * @module
 */
import type { Skipped } from "@deepcluster/metrics";
import type { CombinedResult } from "./results.ts";
import type { ProbeDivergedError } from "./linear_probe/probe_errors.ts";
import { isNumber, resultsPage } from "./results_page.ts";
import {
  blocksOfText,
  type Describe,
  groupsOf,
  wordsBy,
} from "./results_text.ts";

/** Formats of {@link formatResults}. */
const resultFormats = ["text", "md", "html", "json"] as const;

/** One of {@link resultFormats}. */
export type ResultFormat = (typeof resultFormats)[number];

/** What {@link formatResults} tells besides the figures. */
export interface ResultsOptions {
  /** Above a Markdown table or page. */
  readonly title?: string;
  /** Probes without a figure. */
  readonly diverged?: readonly ProbeDivergedError[];
  /** What was left out. */
  readonly skipped?: readonly Skipped[];
}

/**
 * Writes figures down.
 *
 * Every figure can be told by its model, layer, protocol, split, seeds, crops
 * and statistic. What all figures share stands above them once, as do probes
 * that diverged, and the first ten of what was skipped. Markdown and pages have
 * a line for each figure, pages below the protocol and the split; text has the
 * models side by side, without times, and of several seeds without 95 %
 * intervals.
 *
 * @param figures In the order of the lines.
 * @param format See {@link ResultFormat}. A page needs no other file, and
 * names are escaped in it.
 * @param options See {@link ResultsOptions}.
 * @returns The text, without a line end.
 */
export const formatResults = (
  figures: readonly CombinedResult[],
  format: ResultFormat,
  { title = "Results", diverged = [], skipped = [] }: ResultsOptions = {},
): string => {
  if (format === "json") {
    const told = { ...divergedJson(diverged), ...skippedJson(skipped) };
    return JSON.stringify({ figures, ...told }, null, 2);
  }
  const { common, columns, lines } = laidOut(figures, diverged, skipped);
  const isSaid = new Set(common.map(([name]) => name));
  const wordsOf = (words: readonly (readonly [Column, Describe])[]) =>
    words.flatMap(([name, word]) => isSaid.has(name) ? [] : [word]);
  if (format === "html") {
    const words = wordsOf([...protocolWords, ...blockWords]);
    return resultsPage(
      title,
      common,
      columns.filter(isOfFigure),
      groupsOf(figures, wordsBy(words)).map(([title, some]) => ({
        title,
        lines: some.map((figure) =>
          columns.filter(isOfFigure).map((name) => cellOf(name)(figure))
        ),
      })),
    );
  }
  const above = common.map(([name, value]) => `${name}: ${value}`);
  if (format === "md") {
    return [
      `## ${inMarkdown(title)}`,
      "",
      ...above.map((line) => `- ${inMarkdown(line)}`),
      "",
      ...markdownTable(columns, lines),
    ].join("\n");
  }
  return [
    ...above,
    ...blocksOfText(figures, {
      block: wordsOf(blockWords),
      protocol: wordsOf(protocolWords),
    }),
  ].join("\n").trimStart();
};

/**
 * Renders probes without a figure for `--json`.
 *
 * @param diverged Why each has none.
 * @returns The field `diverged`; no field when there are no such probes.
 */
export const divergedJson = (
  diverged: readonly ProbeDivergedError[],
): { readonly diverged?: readonly object[] } =>
  diverged.length === 0 ? {} : {
    diverged: diverged.map(({ probe, message }) => ({ ...probe, message })),
  };

/**
 * Renders what was left out for `--json`.
 *
 * @param skipped All of it.
 * @returns The field `skipped`; no field when nothing was left out.
 */
export const skippedJson = (
  skipped: readonly Skipped[],
): { readonly skipped?: readonly Skipped[] } =>
  skipped.length === 0 ? {} : { skipped };

/**
 * What was left out, for people: the first ten, and how many more.
 *
 * @param skipped All of it.
 * @returns A clause for each line.
 *
 * @example One line
 * ```ts
 * import { skippedLines } from "@deepcluster/evaluation";
 * import assert from "node:assert/strict";
 *
 * const reason = "more than half of 40 training images";
 * const lines = skippedLines([{ what: "knn, k = 200", reason }]);
 * assert.deepEqual(lines, [
 *   "knn, k = 200: more than half of 40 training images",
 * ]);
 * ```
 */
export const skippedLines = (
  skipped: readonly Skipped[],
): readonly string[] => [
  ...skipped.slice(0, 10).map(({ what, reason }) => `${what}: ${reason}`),
  ...skipped.length > 10
    ? [`and ${skipped.length - 10} more, all of them in the JSON`]
    : [],
];

type Cells = readonly string[];

const columnsOf = [
  ["model", ({ model }) => model],
  ["layer", ({ layer }) => layer],
  ["protocol", (figure) => figure.protocol + keptText(figure)],
  ["split", ({ split }) => split],
  ["seeds", ({ seeds }) => seeds.join(" ")],
  ["crops", ({ crops }) => crops],
  ["learned from", ({ learnedFrom }) => String(learnedFrom ?? "–")],
  ["images", ({ images }) => String(images)],
  [
    "classes",
    ({ classes, untrainedClasses: untrained }) =>
      `${classes}${untrained ? `, ${untrained} never trained` : ""}`,
  ],
  ["statistic", ({ statistic }) => statistic],
  ["value", ({ value }) => value.toFixed(3)],
  ["± over seeds", ({ deviation }) => deviation?.toFixed(3) ?? "–"],
  [
    "95 % interval",
    ({ interval }) =>
      interval
        ? `${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`
        : "–",
  ],
  ["seconds", ({ seconds }) => seconds.toFixed(1)],
] as const satisfies readonly (readonly [name: string, cell: Describe])[];

type Column = (typeof columnsOf)[number][0];

const cellOf = (name: Column): Describe =>
  columnsOf.find(([column]) => column === name)![1];

/** What the figures of a block of text share, in words. */
const blockWords: readonly (readonly [Column, Describe])[] = [
  ["split", cellOf("split")],
  ["images", ({ images }) => `${images} image${images === 1 ? "" : "s"}`],
  [
    "classes",
    ({ classes, untrainedClasses: untrained }) =>
      `${classes} classes${untrained ? `, ${untrained} never trained` : ""}`,
  ],
  ["crops", (figure) => `crops ${figure.crops}`],
  [
    "seeds",
    ({ seeds }) => `seed${seeds.length === 1 ? "" : "s"} ${seeds.join(" ")}`,
  ],
];

/** What the figures of a protocol share besides, in words. */
const protocolWords: readonly (readonly [Column, Describe])[] = [
  ["protocol", cellOf("protocol")],
  [
    "learned from",
    ({ learnedFrom }) =>
      learnedFrom === undefined ? "" : `learned from ${learnedFrom}`,
  ],
];

/** Whether a page has it in a column, not above a group of figures. */
const isOfFigure = (column: Column): boolean =>
  [...protocolWords, ...blockWords].every(([name]) => name !== column);

/** ` (199 kept)`, where PCA had fewer dimensions than asked for. */
const keptText = ({ dimensions }: CombinedResult): string => {
  if (dimensions === undefined) return "";
  const { asked, fewest, most } = dimensions;
  if (fewest === asked) return "";
  return ` (${fewest === most ? "" : `${fewest} to `}${most} kept)`;
};

/** Columns that may be told once, above the table. */
const mayBeCommon: readonly string[] = [
  "split",
  "seeds",
  "crops",
  "learned from",
  "images",
  "classes",
];

const laidOut = (
  figures: readonly CombinedResult[],
  diverged: readonly ProbeDivergedError[],
  skipped: readonly Skipped[],
) => {
  const cells = (index: number) =>
    figures.map((figure) => columnsOf[index]![1](figure));
  const common: [name: string, value: string][] = [];
  for (const { probe } of diverged) {
    const values = Object.entries(probe ?? {}).map((pair) => pair.join(" "));
    common.push(["diverged", values.join(", ")]);
  }
  for (const line of skippedLines(skipped)) common.push(["skipped", line]);
  const shown: number[] = [];
  columnsOf.forEach(([name], index) => {
    const values = new Set(cells(index));
    const empty = values.size === 1 && values.has("–");
    if (empty) return;
    if (figures.length > 1 && values.size === 1 && mayBeCommon.includes(name)) {
      common.push([name, [...values][0]!]);
    } else shown.push(index);
  });
  return {
    common,
    columns: shown.map((index) => columnsOf[index]![0]),
    lines: figures.map((figure) =>
      shown.map((index) => columnsOf[index]![1](figure))
    ),
  };
};

const markdownTable = (columns: Cells, lines: readonly Cells[]): Cells => {
  const row = (cells: Cells) => `| ${cells.map(inMarkdown).join(" | ")} |`;
  const rule = columns.map((column) => isNumber(column) ? "---:" : "---");
  return [row(columns), `| ${rule.join(" | ")} |`, ...lines.map(row)];
};

const inMarkdown = (text: string): string =>
  text.replace(/[\\`*_[\]<>|#]/g, "\\$&").replace(/\s+/g, " ");
