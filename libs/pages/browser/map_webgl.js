/**
 * Draws the points of a map by WebGL 2.
 *
 * @module
 */
/** @import { Camera } from "./map_camera.js" */
/** @import { MapData } from "./map_data.js" */

/**
 * How the points are drawn.
 *
 * @typedef {object} Paint
 * @property {Uint8Array} colours `[n, 4]`, red, green, blue and opacity, not
 * premultiplied.
 * @property {Uint32Array} order The points in the order of drawing: the last
 * one is on top.
 * @property {readonly [number, number, number]} ground Colour beneath them.
 */

/**
 * Draws points as discs. The renderers draw the same picture.
 *
 * @typedef {object} PointRenderer
 * @property {(paint: Paint) => void} setPaint Says how they are drawn from now.
 * @property {(camera: Camera, radius: number) => void} draw Radius in CSS
 * pixels.
 * @property {() => void} destroy Gives the memory of the graphics card back.
 */

const vertexShader = `#version 300 es
in float x;
in float y;
in vec4 colour;
uniform vec4 view;
uniform float radius;
out vec4 paint;
void main() {
  gl_Position = vec4(vec2(x, y) * view.xy + view.zw, 0.0, 1.0);
  gl_PointSize = 2.0 * radius + 2.0;
  paint = colour;
}`;

/** What is drawn is premultiplied by its opacity, as the blending wants it. */
const fragmentShader = `#version 300 es
precision highp float;
in vec4 paint;
uniform float radius;
out vec4 pixel;
void main() {
  float far = length(gl_PointCoord - 0.5) * (2.0 * radius + 2.0);
  float opacity = paint.a * clamp(radius + 0.5 - far, 0.0, 1.0);
  pixel = vec4(paint.rgb * opacity, opacity);
}`;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Pick<MapData, "x" | "y">} points
 * @returns {PointRenderer | undefined} Nothing where there is no WebGL 2.
 */
export const webglRenderer = (canvas, points) => {
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false });
  const program = gl && linkedProgram(gl);
  if (!gl || !program) return undefined;
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const attribute = (
    /** @type {string} */ name,
    /** @type {number} */ size,
    /** @type {number} */ type,
  ) => {
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    const location = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, size, type, true, 0, 0);
    return buffer;
  };
  attribute("x", 1, gl.FLOAT);
  gl.bufferData(gl.ARRAY_BUFFER, points.x, gl.STATIC_DRAW);
  attribute("y", 1, gl.FLOAT);
  gl.bufferData(gl.ARRAY_BUFFER, points.y, gl.STATIC_DRAW);
  const colours = attribute("colour", 4, gl.UNSIGNED_BYTE);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  const view = gl.getUniformLocation(program, "view");
  const radiusOf = gl.getUniformLocation(program, "radius");
  let count = 0;
  return {
    setPaint: (paint) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, colours);
      gl.bufferData(gl.ARRAY_BUFFER, paint.colours, gl.DYNAMIC_DRAW);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, paint.order, gl.DYNAMIC_DRAW);
      count = paint.order.length;
      const [red, green, blue] = paint.ground;
      gl.clearColor(red / 255, green / 255, blue / 255, 1);
    },
    draw: ({ width, height, scale, left, top }, radius) => {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform4f(
        view,
        2 * scale / width,
        -2 * scale / height,
        2 * left / width - 1,
        1 - 2 * top / height,
      );
      gl.uniform1f(radiusOf, radius * canvas.width / width);
      gl.drawElements(gl.POINTS, count, gl.UNSIGNED_INT, 0);
    },
    destroy: () => gl.getExtension("WEBGL_lose_context")?.loseContext(),
  };
};

/**
 * @param {WebGL2RenderingContext} gl
 * @returns {WebGLProgram | undefined} Nothing where the context is lost.
 */
const linkedProgram = (gl) => {
  const program = gl.createProgram();
  const sources = /** @type {const} */ ([
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ]);
  for (const [kind, source] of sources) {
    const shader = gl.createShader(kind);
    if (shader === null) return undefined;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : undefined;
};
