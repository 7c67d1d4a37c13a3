/**
 * Shows the values of a chart under the pointer, and under the arrow keys when
 * the chart has the focus. It reads them from the table below the chart, and
 * listens at the document, so that charts may come and go.
 *
 * @module
 */

/** The drawing that shows values now, and at which row of its table. */
let shown = { drawing: /** @type {Element | null} */ (null), row: -1 };

/** @param {Element} drawing */
const rowsOf = (
  drawing,
) => [...drawing.closest(".chart")?.querySelectorAll("tbody tr") ?? []];

/**
 * Finds the row whose x is nearest to the pointer.
 *
 * @param {SVGSVGElement} svg
 * @param {number} clientX
 * @param {number} rows
 */
const rowAt = (svg, clientX, rows) => {
  const { left, width } = svg.getBoundingClientRect();
  const x = (clientX - left) / width * svg.viewBox.baseVal.width;
  const { first, last } = ends(svg);
  const row = rows === 1 ? 0 : (x - first) / (last - first) * (rows - 1);
  return Math.max(0, Math.min(rows - 1, Math.round(row)));
};

/** @param {SVGSVGElement} svg */
const ends = ({ dataset }) => ({
  first: Number(dataset.first),
  last: Number(dataset.last),
});

const hide = () => {
  for (const mark of document.querySelectorAll(".chart-tip, .chart-cursor")) {
    mark.remove();
  }
  shown = { drawing: null, row: -1 };
};

/**
 * Shows the values of a row.
 *
 * @param {Element} drawing
 * @param {number} row
 */
const show = (drawing, row) => {
  if (shown.drawing === drawing && shown.row === row) return;
  hide();
  const figure = drawing.closest(".chart");
  const svg = drawing.querySelector("svg");
  const rows = rowsOf(drawing);
  const cells = rows[row]?.children;
  if (figure === null || svg === null || cells === undefined) return;
  shown = { drawing, row };
  const { first, last } = ends(svg);
  const part = rows.length === 1 ? 0 : row / (rows.length - 1);
  const x = String(first + part * (last - first));
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  line.setAttribute("class", "chart-cursor");
  for (const name of ["x1", "x2"]) line.setAttribute(name, x);
  line.setAttribute("y1", "8");
  line.setAttribute("y2", String(svg.viewBox.baseVal.height - 20));
  svg.append(line);
  const tip = document.createElement("output");
  tip.className = "chart-tip";
  const names = figure.querySelectorAll("thead th");
  tip.append(...[...names].flatMap((name, i) => {
    const key = document.createElement("span");
    const value = document.createElement("span");
    key.textContent = name.textContent;
    value.textContent = cells[i]?.textContent ?? "";
    return [key, " ", value, " "];
  }));
  figure.append(tip);
  const drawn = drawing.getBoundingClientRect();
  const around = figure.getBoundingClientRect();
  const room = drawn.width - tip.offsetWidth;
  const middle = Number(x) / svg.viewBox.baseVal.width * drawn.width;
  const left = Math.max(0, Math.min(room, middle - tip.offsetWidth / 2));
  tip.style.left = `${drawn.left - around.left + left}px`;
  tip.style.bottom = `${around.bottom - drawn.top - 4}px`;
};

/** @param {Event} event */
const drawingOf = ({ target }) =>
  target instanceof Element ? target.closest(".drawing") : null;

document.addEventListener("pointermove", (event) => {
  const drawing = drawingOf(event);
  if (drawing === null) {
    if (shown.drawing !== document.activeElement) hide();
    return;
  }
  const svg = drawing.querySelector("svg");
  if (svg === null) return;
  show(drawing, rowAt(svg, event.clientX, rowsOf(drawing).length));
});

document.addEventListener("keydown", (event) => {
  const drawing = drawingOf(event);
  if (drawing === null) return;
  const last = rowsOf(drawing).length - 1;
  const now = shown.drawing === drawing ? shown.row : -1;
  const row = {
    ArrowLeft: now < 0 ? last : Math.max(0, now - 1),
    ArrowRight: Math.min(last, now + 1),
    Home: 0,
    End: last,
  }[event.key];
  if (event.key === "Escape") hide();
  if (row === undefined) return;
  event.preventDefault();
  show(drawing, row);
});

document.addEventListener("focusin", (event) => {
  if (drawingOf(event) !== shown.drawing) hide();
});
