/**
 * A whole picture with a box over it, as large as there is room. The box is SVG
 * in pixels of the picture. The one style that depends on the picture, its
 * ratio, is set by script: the page's policy allows none in its HTML.
 *
 * @module
 */
import { html, nothing, svg } from "./lit-html.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { PixelBox } from "../api_types.ts" */
/** @import { Size } from "./box.js" */

/**
 * @param {object} picture
 * @param {string} picture.source Address of the picture.
 * @param {string} picture.alt
 * @param {Size} picture.size Pixels of the picture.
 * @param {PixelBox | undefined} picture.box
 * @param {boolean} [picture.handles] Whether corners can be held.
 * @returns {TemplateResult}
 */
export const pictureWithBox = ({ source, alt, size, box, handles = false }) => {
  const { width, height } = size;
  return html`
    <div class="picture" .style=${`--ratio: ${width / height}`}><img
      src=${source} alt=${alt} width=${width} height=${height}
      decoding="async" draggable="false"
      @error=${markDrawn(false)} @load=${markDrawn(true)}><p
      class="undrawn">The browser cannot draw this kind of picture. It was
      searched by all the same.</p><svg viewBox=${`0 0 ${width} ${height}`}
      preserveAspectRatio="none" aria-hidden="true">${box === undefined
        ? nothing
        : boxShape(size, box, handles)}</svg></div>
  `;
};

/** Browsers draw no TIFF, for example, which the server reads. */
const markDrawn = (/** @type {boolean} */ drawn) =>
(
  /** @type {Event} */ { target },
) => {
  if (!(target instanceof Element)) return;
  target.parentElement?.classList.toggle("not-drawn", !drawn);
};

/**
 * @param {Size} size
 * @param {PixelBox} box
 * @param {boolean} handles
 */
const boxShape = ({ width, height }, [x, y, w, h], handles) => {
  const inner = `M${x} ${y}h${w}v${h}h${-w}z`;
  const side = Math.max(width, height) / 40;
  const corner = (/** @type {number} */ cx, /** @type {number} */ cy) =>
    svg`
      <rect class="handle" x=${cx - side / 2} y=${cy - side / 2}
        width=${side} height=${side}></rect>
    `;
  return svg`
    <path class="shade" fill-rule="evenodd"
      d=${`M0 0h${width}v${height}h${-width}z${inner}`}></path>
        <path class="edge outer" d=${inner}></path>
        <path class="edge" d=${inner}></path>
        ${handles
          ? [
            corner(x, y),
            corner(x + w, y),
            corner(x, y + h),
            corner(x + w, y + h),
          ]
          : nothing}
  `;
};
