/**
 * The section of the report with the filters of the first layer.
 *
 * @module
 */
import { encodePng, type FilterPicture } from "@deepcluster/visualisation";
import { Effect } from "effect";
import { html, type TemplateResult } from "lit-html";
import { Buffer } from "node:buffer";
import { count } from "../document/words.ts";

/**
 * Writes the filters of the first layer.
 *
 * @param filters See `filterPicture`.
 * @returns A `<section>` with the id `filters`.
 */
export const filtersSection: (
  filters: FilterPicture,
) => Effect.Effect<TemplateResult> = Effect.fn("filtersSection")(
  function* ({ picture, layer, filters, kernel, legend }) {
    const png = yield* encodePng(picture);
    const address = `data:image/png;base64,${
      Buffer.from(png).toString("base64")
    }`;
    const alt = `${count(filters, "filter")} of ${layer}, ${kernel} by ` +
      `${kernel} weights each`;
    return html`
      <section id="filters" aria-labelledby="filters-title">
        <h2 id="filters-title">First-layer filters</h2>
        <p>${alt}. ${legend}</p>
        <img class="filters" src=${address} alt=${alt} width=${picture.width}
          height=${picture.height}>
      </section>
    `;
  },
);
