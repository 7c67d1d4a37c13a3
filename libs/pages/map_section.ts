/**
 * The section of a page that shows the map of the features: how it was made, in
 * words, and a picture of it for readers without script and on paper. The
 * script `map_start.js` puts the view in its place.
 *
 * @module
 */
import { html, nothing, svg, type TemplateResult } from "lit-html";
import { coloursOfMap, mapColours } from "./browser/map_colours.js";
import { decodeMap } from "./browser/map_data.js";
import { count } from "./browser/words.js";
import type { EncodedMap } from "./encoded_map.ts";

/**
 * Writes the section of a map. A page that holds it needs the style `map.css`,
 * the script `map_start.js` and the map as the data `map-data`.
 *
 * @param map See {@link EncodedMap}.
 * @returns A template of lit-html; the same map gives the same one.
 */
export const mapSection = (map: EncodedMap): TemplateResult =>
  html`
    <section id="map" aria-labelledby="map-title">
      <h2 id="map-title">Map of the features</h2>
      <p>${placementWords(map)} ${sampleWords(map)}</p>
      ${map.measuredOn === 0 ? nothing : html`
        <p>${trustWords(map)}</p>
      `}
      <div id="map-place" class="map">
        <figure class="map-picture">
          ${picture(map)}
          <figcaption class="quiet">Each dot is an image, coloured by its
            cluster in epoch ${map.epochs.at(-1)}. Twelve colours are used in
            turn; neighbours differ.</figcaption>
        </figure>
      </div>
    </section>
  `;

const placementWords = ({ kind, epoch, seed }: EncodedMap): string =>
  kind === "umap"
    ? "Images whose features are alike lie close together: UMAP laid them out " +
      `by their exact nearest neighbours, with the weights of epoch ${epoch} ` +
      `(seed ${seed}). Near by means alike; how far apart two distant groups ` +
      "lie means little."
    : "Images lie near the centroids that they are nearest to: UMAP laid out " +
      `the centroids of the newest clusters (seed ${seed}), and each image ` +
      "was placed between its nearest ones, by the weights of epoch " +
      `${epoch}. Look at groups here, not at single images.`;

const sampleWords = ({ kind, points, images, leftOut }: EncodedMap): string => {
  const shown = points === images
    ? `All ${count(images, "image")} are shown.`
    : `${count(points, "image")} of ${count(images, "image")} are shown` +
      (kind === "umap"
        ? "."
        : ", drawn by cluster, in proportion to the clusters' sizes.");
  const left = count(leftOut, "image");
  return leftOut === 0
    ? shown
    : `${shown} Left out, as they could not be read or have changed since the ` +
      `run: ${left}.`;
};

/** The bounds are rules of thumb: there is no accepted scale. */
const trustWords = ({ trustworthiness, measuredOn }: EncodedMap): string => {
  const words = trustworthiness >= 0.95
    ? "neighbours on the map are nearly always alike"
    : trustworthiness >= 0.85
    ? "neighbours on the map are mostly alike"
    : trustworthiness >= 0.7
    ? "many neighbours on the map are alike, others only seem so"
    : "neighbours on the map are often not alike: do not rely on it";
  const value = trustworthiness.toFixed(3);
  const images = count(measuredOn, "image");
  return `Trustworthiness ${value} (at most 1), measured on ${images}: ${words}.`;
};

/** Of the picture: its longer side, without the margin around the map. */
const side = 1000;
const margin = 20;

/** One path a colour, of dots at whole numbers. */
const picture = (map: EncodedMap): TemplateResult => {
  const data = decodeMap(map);
  const colours = coloursOfMap(data).clustersOf(map.epochs.length - 1).ofPoints;
  const ends = new Array<[number, number]>(mapColours + 1).fill([0, 0]);
  const paths = new Array<string>(mapColours + 1).fill("");
  const placed = (value: number) => margin + Math.round(value * side);
  colours.forEach((colour, point) => {
    const x = placed(data.x[point]!);
    const y = placed(data.y[point]!);
    const [fromX, fromY] = ends[colour]!;
    paths[colour] += `m${x - fromX} ${y - fromY}h0`;
    ends[colour] = [x, y];
  });
  const width = placed(data.width) + margin;
  const height = placed(data.height) + margin;
  return svg`
    <svg xmlns="http://www.w3.org/2000/svg"
      viewBox=${`0 0 ${width} ${height}`} role="img"
      aria-label=${`Map of ${count(data.points, "image")}`}>${paths.map((
        path,
        colour,
      ) =>
        path === ""
          ? nothing
          : svg`<path class=${`map-c${colour}`} d=${path}></path>`
      )}</svg>
  `;
};
