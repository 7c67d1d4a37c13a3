/**
 * Draws the points of a map without WebGL: the pixels are computed here, by the
 * formula of the shader in `map_webgl.js`, and put on a 2-D canvas.
 *
 * @module
 */
/** @import { MapData } from "./map_data.js" */
/** @import { Paint, PointRenderer } from "./map_webgl.js" */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Pick<MapData, "x" | "y">} points
 * @returns {PointRenderer | undefined} Nothing where there is no 2-D context.
 */
export const canvasRenderer = (canvas, points) => {
  const context = canvas.getContext("2d", { alpha: false });
  if (context === null) return undefined;
  /** @type {Paint | undefined} */
  let paint;
  /** @type {ImageData | undefined} */
  let image;
  return {
    setPaint: (to) => {
      paint = to;
    },
    draw: ({ width, scale, left, top }, radius) => {
      if (paint === undefined || canvas.width * canvas.height === 0) return;
      if (image?.width !== canvas.width || image.height !== canvas.height) {
        image = context.createImageData(canvas.width, canvas.height);
      }
      const [red, green, blue] = paint.ground;
      const pixels = new Uint8Array(image.data.buffer);
      new Uint32Array(image.data.buffer).fill(
        new Uint32Array(Uint8Array.of(red, green, blue, 255).buffer)[0] ?? 0,
      );
      const ratio = canvas.width / width;
      const put = discsOn(pixels, canvas.width, canvas.height, radius * ratio);
      const { colours, order } = paint;
      for (let k = 0; k < order.length; k++) {
        const i = order[k] ?? 0;
        const x = (left + (points.x[i] ?? 0) * scale) * ratio;
        const y = (top + (points.y[i] ?? 0) * scale) * ratio;
        put(x, y, colours, 4 * i);
      }
      context.putImageData(image, 0, 0);
    },
    destroy: () => {
      canvas.width = 0;
    },
  };
};

/**
 * @param {Uint8Array} pixels
 * @param {number} width
 * @param {number} height
 * @param {number} radius
 * @returns {(x: number, y: number, colours: Uint8Array, at: number) => void}
 * Puts a disc at a place, in pixels of the picture.
 */
const discsOn =
  (pixels, width, height, radius) => (cx, cy, colours, colourAt) => {
    const reach = radius + 0.5;
    const x0 = Math.max(0, Math.floor(cx - reach));
    const x1 = Math.min(width - 1, Math.ceil(cx + reach));
    const y0 = Math.max(0, Math.floor(cy - reach));
    const y1 = Math.min(height - 1, Math.ceil(cy + reach));
    const red = colours[colourAt] ?? 0;
    const green = colours[colourAt + 1] ?? 0;
    const blue = colours[colourAt + 2] ?? 0;
    const opacity = (colours[colourAt + 3] ?? 0) / 255;
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const dx = x + 0.5 - cx;
        const dy = y + 0.5 - cy;
        const cover = reach - Math.sqrt(dx * dx + dy * dy);
        if (cover <= 0) continue;
        const share = cover < 1 ? cover * opacity : opacity;
        const at = 4 * (y * width + x);
        const [r, g, b] = [pixels[at], pixels[at + 1], pixels[at + 2]];
        pixels[at] = (r ?? 0) + (red - (r ?? 0)) * share + 0.5;
        pixels[at + 1] = (g ?? 0) + (green - (g ?? 0)) * share + 0.5;
        pixels[at + 2] = (b ?? 0) + (blue - (b ?? 0)) * share + 0.5;
      }
    }
  };
