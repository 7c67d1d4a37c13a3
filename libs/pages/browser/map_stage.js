/**
 * The canvases of a map: points below, what lies over them above. Points are
 * drawn by WebGL where there is any, otherwise, and while its context is lost,
 * on a 2-D canvas.
 *
 * @module
 */
import { canvasRenderer } from "./map_canvas.js";
import { webglRenderer } from "./map_webgl.js";
/** @import { Camera } from "./map_camera.js" */
/** @import { MapData } from "./map_data.js" */
/** @import { Paint, PointRenderer } from "./map_webgl.js" */

/**
 * @typedef {object} MapStage
 * @property {() => void} repaint Draws soon, in new colours.
 * @property {() => void} redraw Draws soon.
 * @property {() => void} destroy
 */

/**
 * What a stage asks when it draws.
 *
 * @typedef {object} Scene
 * @property {() => Paint} paint
 * @property {() => { camera: Camera, radius: number }} view
 * @property {(canvas: HTMLCanvasElement) => void} over Draws what lies over
 * the points.
 * @property {(width: number, height: number) => void} resized The stage has
 * another size, in CSS pixels.
 */

/**
 * @param {HTMLElement} stage
 * @param {MapData} data
 * @param {Scene} scene
 * @returns {MapStage}
 */
export const mapStage = (stage, data, scene) => {
  const ending = new AbortController();
  const { signal } = ending;
  const plain = addCanvas(stage);
  const quick = addCanvas(stage);
  const over = addCanvas(stage);
  let renderer = webglRenderer(quick, data);
  let painted = false;
  let asked = 0;
  const choose = (/** @type {PointRenderer | undefined} */ to) => {
    quick.hidden = to === undefined;
    plain.hidden = to !== undefined;
    stage.dataset["renderer"] = to === undefined ? "2d" : "webgl2";
    renderer = to ?? canvasRenderer(plain, data);
    repaint();
  };
  const draw = () => {
    asked = 0;
    if (over.width === 0 || over.height === 0) return;
    if (!painted) renderer?.setPaint(scene.paint());
    painted = true;
    const { camera, radius } = scene.view();
    renderer?.draw(camera, radius);
    scene.over(over);
  };
  const redraw = () => {
    asked ||= requestAnimationFrame(draw);
  };
  const repaint = () => {
    painted = false;
    redraw();
  };

  const resize = () => {
    const { clientWidth: width, clientHeight: height } = stage;
    for (const canvas of [plain, quick, over]) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
    }
    if (width === 0 || height === 0) return;
    scene.resized(width, height);
    // Setting the size has emptied the canvases; at once, so none is seen empty.
    cancelAnimationFrame(asked);
    draw();
  };
  const sizes = new ResizeObserver(resize);
  const watchRatio = () => {
    const now = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    now.addEventListener("change", () => {
      resize();
      watchRatio();
    }, { once: true, signal });
  };

  quick.addEventListener("webglcontextlost", (event) => {
    event.preventDefault();
    if (!signal.aborted) choose(undefined);
  });
  quick.addEventListener("webglcontextrestored", () => {
    choose(webglRenderer(quick, data));
  }, { signal });
  choose(renderer);
  sizes.observe(stage);
  watchRatio();
  return {
    repaint,
    redraw,
    destroy: () => {
      ending.abort();
      sizes.disconnect();
      cancelAnimationFrame(asked);
      renderer?.destroy();
    },
  };
};

/** @param {HTMLElement} stage */
const addCanvas = (stage) => {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  stage.append(canvas);
  return canvas;
};
