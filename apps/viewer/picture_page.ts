/**
 * The page of pictures: `index.html` beside the files.
 *
 * @module
 */
import { selfContainedPage } from "@deepcluster/pages";
import type { Effect } from "effect";
import { html, nothing } from "lit-html";
import { Buffer } from "node:buffer";
import type { Figure, FigureTable, PictureSet } from "./picture_set.ts";

/** Bytes of pictures that the page itself holds; the rest are files only. */
const pageBytes = 15_000_000;

/** A figure as a file. */
export type FigureFile = Figure & {
  /** Its PNG. */
  readonly png: Uint8Array;
};

/**
 * Writes the page: one file with the pictures in it, as its policy allows no
 * others. Pictures beyond 15 MB are linked.
 *
 * @param set The words.
 * @param files The pictures, in order.
 * @returns The HTML; the same for the same input.
 */
export const picturePage = (
  { title, text, table, settings }: PictureSet,
  files: readonly FigureFile[],
): Effect.Effect<string> => {
  let left = pageBytes;
  const figures = files.map((file) => {
    left -= file.png.length;
    return figureOf(file, left >= 0);
  });
  return selfContainedPage({
    title,
    body: html`
      <header class="cover">
        <h1>${title}</h1>
        ${text.map((paragraph) => html`<p>${paragraph}</p>`)}
      </header>
      <main>
        <section id="pictures" aria-labelledby="pictures-title">
          <h2 id="pictures-title">Pictures</h2>
          <div class="pictures">${figures}</div>
        </section>
        ${table === undefined ? nothing : tableSection(table)}
        <section id="settings" aria-labelledby="settings-title">
          <h2 id="settings-title">Settings</h2>
          <dl class="meanings">
            ${Object.entries(settings).map(([name, value]) =>
              html`
                <dt>${name}</dt>
                <dd>${value}</dd>
              `
            )}
          </dl>
        </section>
      </main>
    `,
  });
};

const figureOf = (
  { name, png, title, alt, caption }: FigureFile,
  isInside: boolean,
) => {
  const file = `${name}.png`;
  const { width, height } = sizeOf(png);
  return html`
    <figure>
      <figcaption>
        <strong>${title}</strong>
        <a href=${file.split("/").map(encodeURIComponent).join("/")}>
          ${file}</a>
        ${caption === undefined
          ? nothing
          : html`<span class="quiet">${caption}</span>`}
      </figcaption>
      ${isInside
        ? html`
          <img
            src=${`data:image/png;base64,${
              Buffer.from(png).toString("base64")
            }`}
            width=${width}
            height=${height}
            alt=${alt}
          >
        `
        : html`<p class="quiet">
            ${alt} The picture is in its file only: it is too large for this
            page.
          </p>`}
    </figure>
  `;
};

/** Sizes in the header of a PNG. */
const sizeOf = (png: Uint8Array) => {
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
};

const tableSection = ({ caption, columns, rows }: FigureTable) =>
  html`
    <section id="numbers" aria-labelledby="numbers-title">
      <h2 id="numbers-title">Numbers</h2>
      <div class="table" tabindex="0" role="region" aria-label="Numbers">
        <table>
          <caption>${caption}</caption>
          <thead>
            <tr>
              ${columns.map((column, i) =>
                html`<th scope="col" class=${classOf(rows[0]?.[i])}>
                  ${column}
                </th>`
              )}
            </tr>
          </thead>
          <tbody>
            ${rows.map(([name, ...cells]) =>
              html`<tr>
                <th scope="row">${name}</th>
                ${
                cells.map((cell) =>
                  html`<td class=${classOf(cell)}>${shownCell(cell)}</td>`
                )
              }
              </tr>`
            )}
          </tbody>
        </table>
      </div>
    </section>
  `;

const classOf = (cell: string | number | undefined) =>
  typeof cell === "number" ? "number" : nothing;

const shownCell = (cell: string | number): string =>
  typeof cell === "string" || Number.isInteger(cell)
    ? String(cell)
    : Math.abs(cell) >= 1000
    ? cell.toFixed(0)
    : cell.toPrecision(4);
