/**
 * The addresses of the page's views: what is shown is in the address, so that
 * it can be kept, sent and gone back to.
 *
 * @module
 */
/** @import { PixelBox } from "../api_types.ts" */
import { query } from "./api.js";

/**
 * What a search shows. A file that was dropped is named, but only the browser's
 * memory holds it.
 *
 * @typedef {object} SearchAddress
 * @property {number | undefined} [image] Indexed image searched by.
 * @property {string | undefined} [upload] Name of the file searched by.
 * @property {PixelBox | undefined} [box] Part of it.
 * @property {number | undefined} [top] How many results. Default: 50.
 * @property {number | undefined} [above] Lowest score shown.
 */

/** How many results a search shows at first. */
export const defaultTop = 50;

/**
 * @param {SearchAddress} address
 * @returns {string}
 */
export const searchAddress = ({ image, upload, box, top, above }) =>
  `/search?${
    query({
      image,
      upload,
      box,
      top: top === defaultTop ? undefined : top,
      above,
    })
  }`;

/**
 * Reads the address of a search; what is not a number is left out.
 *
 * @param {URLSearchParams} parameters
 * @returns {SearchAddress & { top: number }}
 */
export const readSearch = (parameters) => {
  const number = (/** @type {string} */ name) => {
    const text = parameters.get(name) ?? "";
    return text.trim() === "" || !Number.isFinite(Number(text))
      ? undefined
      : Number(text);
  };
  const box = (parameters.get("box") ?? "").split(",").map(Number);
  const isBox = box.length === 4 && box.every(Number.isFinite);
  const [image, above] = [number("image"), number("above")];
  const upload = parameters.get("upload");
  return {
    ...image !== undefined && { image },
    ...upload !== null && { upload },
    ...isBox && { box: /** @type {[number, number, number, number]} */ (box) },
    ...above !== undefined && { above },
    top: number("top") ?? defaultTop,
  };
};

/**
 * @param {number} cluster
 * @param {string} [order] `nearest`, `farthest` or `path`.
 * @returns {string}
 */
export const clusterAddress = (cluster, order = "nearest") =>
  `/cluster/${cluster}${order === "nearest" ? "" : `?order=${order}`}`;
