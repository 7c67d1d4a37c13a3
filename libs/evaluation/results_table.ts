/**
 * Figures as a table: for a terminal, as Markdown, as a page, and for machines.
 *
 * @module
 */
import type { Skipped } from "@deepcluster/metrics";
import type { CombinedResult } from "./results.ts";
import type { ProbeDivergedError } from "./linear_probe/probe_errors.ts";

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
 * Every line says of which model and layer, by which protocol, split, seeds,
 * crops and statistic its figure is. Columns that say the same on every line
 * stand above the table once, as do probes that diverged, and the first ten of
 * what was skipped.
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
  if (format === "html") return page(title, common, columns, lines);
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
  return [...above, "", ...plainTable(columns, lines)].join("\n");
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
 * const reason = "40 training images";
 * const lines = skippedLines([{ what: "knn, k = 200", reason }]);
 * assert.deepEqual(lines, ["knn, k = 200: 40 training images"]);
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

const columnsOf: readonly (readonly [
  name: string,
  cell: (figure: CombinedResult) => string,
])[] = [
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
];

/** ` (199 kept)`, where PCA had fewer dimensions than asked for. */
const keptText = ({ dimensions }: CombinedResult): string => {
  if (dimensions === undefined) return "";
  const { asked, fewest, most } = dimensions;
  if (fewest === asked) return "";
  return ` (${fewest === most ? "" : `${fewest} to `}${most} kept)`;
};

/** Columns that may be told once, above the table. */
const mayBeCommon = [
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

/** Figures stand to the right, words to the left. */
const isNumber = (column: string) =>
  ["value", "± over seeds", "images", "learned from", "classes", "seconds"]
    .includes(column);

const plainTable = (columns: Cells, lines: readonly Cells[]): Cells => {
  const rows = [columns, ...lines];
  const widths = columns.map((_, i) =>
    Math.max(...rows.map((row) => row[i]!.length))
  );
  return rows.map((row) =>
    row.map((cell, i) =>
      isNumber(columns[i]!)
        ? cell.padStart(widths[i]!)
        : cell.padEnd(widths[i]!)
    ).join("  ").trimEnd()
  );
};

const markdownTable = (columns: Cells, lines: readonly Cells[]): Cells => {
  const row = (cells: Cells) => `| ${cells.map(inMarkdown).join(" | ")} |`;
  const rule = columns.map((column) => isNumber(column) ? "---:" : "---");
  return [row(columns), `| ${rule.join(" | ")} |`, ...lines.map(row)];
};

const inMarkdown = (text: string): string =>
  text.replace(/[\\`*_[\]<>|#]/g, "\\$&").replace(/\s+/g, " ");

const page = (
  title: string,
  common: readonly (readonly [string, string])[],
  columns: Cells,
  lines: readonly Cells[],
): string => {
  const cell = (kind: "th" | "td") => (text: string, i: number) =>
    `<${kind}${classOf(columns[i]!)}>${inHtml(text)}</${kind}>`;
  const row = (kind: "th" | "td", cells: Cells) =>
    `<tr>${cells.map(cell(kind)).join("")}</tr>`;
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>${inHtml(title)}</title>`,
    `<style>${style}</style></head><body>`,
    `<h1>${inHtml(title)}</h1>`,
    "<dl>",
    ...common.map(([name, value]) =>
      `<dt>${inHtml(name)}</dt><dd>${inHtml(value)}</dd>`
    ),
    "</dl>",
    '<div class="wide"><table><thead>',
    row("th", columns),
    "</thead><tbody>",
    ...lines.map((cells) => row("td", cells)),
    "</tbody></table></div>",
    "</body></html>",
  ].join("\n");
};

/** Numbers stand to the right; sentences may take several lines. */
const classOf = (column: string): string =>
  isNumber(column)
    ? ' class="n"'
    : ["model", "protocol", "split", "statistic"].includes(column)
    ? ' class="w"'
    : "";

const style = ":root{color-scheme:light dark}" +
  "body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;" +
  "max-width:max-content;padding:0 1rem}" +
  // A narrow window scrolls the table, not the page.
  ".wide{overflow-x:auto}table{border-collapse:collapse}" +
  "th,td{padding:.25rem .5rem;border-bottom:1px solid #8886;text-align:left}" +
  "th{vertical-align:bottom}td{white-space:nowrap}" +
  "td.w{white-space:normal;min-width:7rem}" +
  "th:first-child,td:first-child{position:sticky;left:0;background:Canvas}" +
  ".n{text-align:right;font-variant-numeric:tabular-nums}" +
  "dl{display:grid;grid-template-columns:max-content auto;gap:0 1rem}" +
  "dd{margin:0}" +
  // Paper is narrower than a window: lying, in small print, heads on each page.
  "@page{size:landscape;margin:12mm}@media print{body{font-size:9pt;" +
  "line-height:1.3;margin:0;max-width:none;padding:0}" +
  ".wide{overflow:visible}th,td{padding:.15rem .4rem}" +
  "td.w{min-width:7em}th:first-child,td:first-child{position:static}" +
  "tr{break-inside:avoid}thead{display:table-header-group}}";

const inHtml = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
