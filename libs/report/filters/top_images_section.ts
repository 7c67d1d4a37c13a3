/**
 * The section of the report with the images that activate filters most.
 *
 * @module
 */
import { html, nothing, svg, type TemplateResult } from "lit-html";
import { count, grouped } from "../document/words.ts";
import type { ShownImage } from "../images/report_images.ts";
import type { ReportTopImages } from "./report_top_images.ts";
import type { Region } from "@deepcluster/visualisation";

type Filter = ReportTopImages["filters"][number];

/**
 * Writes the images that activate filters most, each framed where the filter's
 * largest value comes from.
 *
 * @param found See `reportTopImages`.
 * @param shown Its images, as `ReportImages.show` makes them.
 * @returns A `<section>` with the id `top-images`.
 */
export const topImagesSection = (
  found: ReportTopImages,
  shown: ReadonlyMap<number, ShownImage>,
): TemplateResult => {
  const silent = found.filters.filter(({ top }) => top.length === 0).length;
  return html`
    <section id="top-images" aria-labelledby="top-images-title">
      <h2 id="top-images-title">Images that activate filters most</h2>
      <p>${filtersWords(found)} ${imagesWords(found)}</p>
      <p class="quiet">${regionWords(found)}</p>
      ${silent === 0 ? nothing : html`
        <p class="quiet">${`No image activates ${
          grouped(silent)
        } of these filters.`}</p>
      `}
      <div class="top-images">${found.filters
        .filter(({ top }) => top.length > 0)
        .map((filter) => block(filter, found, shown))}</div>
    </section>
  `;
};

const filtersWords = ({ filters, layer, epoch }: ReportTopImages): string =>
  (filters.length < layer.filters
    ? `The ${filters.length} of ${count(layer.filters, "filter")} of ` +
      `${layer.name} with the largest activations`
    : `The ${count(layer.filters, "filter")} of ${layer.name}`) +
  ` after epoch ${epoch}, each with the images that activate it most: the ` +
  `mean over its map${
    layer.name === layer.path ? "" : ", after the ReLU,"
  } is the largest.`;

const imagesWords = ({ images, ofImages }: ReportTopImages): string =>
  images === ofImages
    ? `All ${count(images, "image")} were looked at.`
    : `${grouped(images)} of ${count(ofImages, "image")} were looked at.`;

const regionWords = ({ layer, fieldSize, side }: ReportTopImages): string =>
  fieldSize >= side
    ? `A value of ${layer.name} can depend on all of the ${side} by ${side} ` +
      "pixels that the network sees; where the largest one depends on fewer, a " +
      "frame shows which."
    : "The frame is what the largest value of the map depends on: up to " +
      `${fieldSize} by ${fieldSize} of the ${side} by ${side} pixels that the ` +
      "network sees.";

const block = (
  { filter, top }: Filter,
  { side }: ReportTopImages,
  shown: ReadonlyMap<number, ShownImage>,
): TemplateResult =>
  html`
    <figure>
      <figcaption>Filter ${filter}</figcaption>
      <ul>${top.map(({ index, activation, region }) => {
        const { path = `image ${index}`, thumbnail } = shown.get(index) ?? {};
        const label = `${path}, activation ${activation.toPrecision(3)}`;
        return html`<li title=${label}>${
          thumbnail === undefined
            ? html`<span class="quiet">${path}</span>`
            : html`
              <svg viewBox=${`0 0 ${side} ${side}`} role="img"
                aria-label=${label}>
                              ${svg`<image href=${thumbnail} width=${side} height=${side} />`}
                              ${frame(region, side)}
                            </svg>
            `
        }</li>`;
      })}</ul>
    </figure>
  `;

/** Light beneath dark, so that it is seen on every picture. */
const frame = ({ left, top, width, height }: Region, side: number) =>
  width === side && height === side
    ? nothing
    : ["under", "over"].map((name) =>
      svg`
        <rect class=${name} x=${left} y=${top} width=${width}
          height=${height} />
      `
    );
