/**
 * The thumbnails of a map: its sheets, each decoded when one of its squares is
 * first wanted.
 *
 * @module
 */
/** @import { MapData } from "./map_data.js" */

/**
 * A point's thumbnail: a square of a sheet.
 *
 * @typedef {object} Square
 * @property {HTMLImageElement} sheet
 * @property {number} x Left edge, in pixels of the sheet.
 * @property {number} y
 * @property {number} side
 */

/**
 * @param {MapData} data
 * @param {() => void} loaded Is called when a further sheet can be drawn.
 * @returns {(point: number) => Square | undefined} The thumbnail of a point, if
 * there is one and its sheet is decoded; otherwise that begins.
 */
export const mapSprites = ({ about: { sprites }, squares }, loaded) => {
  /** @type {Map<number, HTMLImageElement | undefined>} */
  const sheets = new Map();
  const sheetOf = (/** @type {number} */ number) => {
    if (sheets.has(number)) return sheets.get(number);
    sheets.set(number, undefined);
    const image = new Image();
    image.src = sprites?.sheets[number] ?? "";
    // A sheet that cannot be decoded leaves its points as dots.
    image.decode().then(() => {
      sheets.set(number, image);
      loaded();
    }, () => {});
    return undefined;
  };
  return (point) => {
    const square = squares?.[point] ?? -1;
    if (sprites === undefined || square < 0) return undefined;
    const { side, columns, rows } = sprites;
    const sheet = sheetOf(Math.floor(square / (columns * rows)));
    const rest = square % (columns * rows);
    return sheet && {
      sheet,
      x: (rest % columns) * side,
      y: Math.floor(rest / columns) * side,
      side,
    };
  };
};

/**
 * Draws the thumbnails that templates have left room for: in each canvas with
 * `data-point`, that point's.
 *
 * @param {ParentNode} root
 * @param {(point: number) => Square | undefined} squareOf
 */
export const drawSquares = (root, squareOf) => {
  const all = root.querySelectorAll("canvas[data-point]");
  for (const canvas of all) {
    if (!(canvas instanceof HTMLCanvasElement)) continue;
    const context = canvas.getContext("2d");
    if (context === null) continue;
    const { width, height } = canvas;
    context.clearRect(0, 0, width, height);
    const square = squareOf(Number(canvas.dataset["point"]));
    if (square === undefined) continue;
    const { sheet, x, y, side } = square;
    context.drawImage(sheet, x, y, side, side, 0, 0, width, height);
  }
};
