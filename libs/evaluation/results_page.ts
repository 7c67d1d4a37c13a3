/**
 * Figures as a page that needs no other file; names are escaped in it.
 *
 * @module
 */

/** Lines of a table below what they share. */
export interface ResultsGroup {
  /** What they share, in words; empty where that is nothing more. */
  readonly title: string;
  /** A cell of each column for every figure. */
  readonly lines: readonly (readonly string[])[];
}

/**
 * Writes the page.
 *
 * @param title Its heading.
 * @param common Names and values of what all figures share.
 * @param columns Names of the columns.
 * @param groups Figures that share more than all do.
 * @returns A document.
 */
export const resultsPage = (
  title: string,
  common: readonly (readonly [string, string])[],
  columns: readonly string[],
  groups: readonly ResultsGroup[],
): string => {
  const cell = (kind: "th" | "td") => (text: string, i: number) =>
    `<${kind}${classOf(columns[i]!)}>${inHtml(text)}</${kind}>`;
  const row = (kind: "th" | "td", cells: readonly string[]) =>
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
    "</thead>",
    ...groups.flatMap(({ title, lines }) => [
      "<tbody>",
      ...title === "" ? [] : [
        `<tr><th scope="rowgroup" colspan="${columns.length}">${
          inHtml(title)
        }</th></tr>`,
      ],
      ...lines.map((cells) => row("td", cells)),
      "</tbody>",
    ]),
    "</table></div>",
    "</body></html>",
  ].join("\n");
};

/** Numbers stand to the right; sentences may take several lines. */
const classOf = (column: string): string =>
  isNumber(column)
    ? ' class="n"'
    : ["model", "statistic"].includes(column)
    ? ' class="w"'
    : "";

const style = ":root{color-scheme:light dark}" +
  "body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;" +
  "max-width:max-content;padding:0 1rem}" +
  // A narrow window scrolls the table, not the page.
  ".wide{overflow-x:auto}table{border-collapse:collapse}" +
  "th,td{padding:.25rem .5rem;border-bottom:1px solid #8886;text-align:left}" +
  "th{vertical-align:bottom}tbody th{padding-top:1rem}td{white-space:nowrap}" +
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

/**
 * Says where a column stands: figures to the right, words to the left.
 *
 * @param column Its name.
 * @returns Whether it has numbers.
 */
export const isNumber = (column: string): boolean =>
  ["value", "± over seeds", "images", "learned from", "classes", "seconds"]
    .includes(column);
