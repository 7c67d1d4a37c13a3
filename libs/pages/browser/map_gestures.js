/**
 * Mouse, touch and wheel over a map.
 *
 * The wheel and a finger belong to the page until the map has the focus, so
 * that one can scroll past it. Two fingers, and the wheel with Ctrl, always
 * zoom.
 *
 * @module
 */
/** @typedef {readonly [number, number]} Place Of the stage, in CSS pixels. */

/**
 * What gestures do.
 *
 * @typedef {object} MapGestures
 * @property {(dx: number, dy: number) => void} pan
 * @property {(factor: number, place?: Place) => void} zoom Round a place, or
 * round the middle.
 * @property {(place: Place | undefined) => void} hover
 * @property {(place: Place) => void} click
 * @property {(line: readonly Place[]) => void} lasso The line so far.
 * @property {(line: readonly Place[] | undefined) => void} lassoed The line is
 * closed, or given up.
 * @property {() => boolean} draws Whether dragging draws a lasso.
 */

/** Nearer than this to where it began, a drag is a click. */
const clickReach = 4;

/** Corners of a lasso lie at least this far apart. */
const lassoStep = 3;

/**
 * Listens to them.
 *
 * @param {HTMLElement} stage
 * @param {MapGestures} gestures
 * @param {AbortSignal} signal Ends it.
 */
export const listenToGestures = (stage, gestures, signal) => {
  /** @type {Map<number, Place>} */
  const pointers = new Map();
  /** @type {{ kind: "click" | "pan" | "lasso" | "pinch", from: Place, line: Place[] } | undefined} */
  let drag;
  const placeOf = (/** @type {MouseEvent} */ event) => {
    const area = stage.getBoundingClientRect();
    return /** @type {Place} */ ([
      event.clientX - area.left,
      event.clientY - area.top,
    ]);
  };
  const giveUp = () => {
    if (drag?.kind === "lasso") gestures.lassoed(undefined);
    drag = undefined;
  };

  const down = (/** @type {PointerEvent} */ event) => {
    if (event.button !== 0) return;
    const place = placeOf(event);
    pointers.set(event.pointerId, place);
    stage.setPointerCapture(event.pointerId);
    if (pointers.size > 1) giveUp();
    const lasso = gestures.draws() || event.shiftKey;
    drag = {
      kind: pointers.size > 1 ? "pinch" : lasso ? "lasso" : "click",
      from: place,
      line: [place],
    };
  };
  const move = (/** @type {PointerEvent} */ event) => {
    const place = placeOf(event);
    const before = pointers.get(event.pointerId);
    if (before === undefined || drag === undefined) {
      if (event.pointerType !== "touch") gestures.hover(place);
      return;
    }
    if (drag.kind === "pinch") {
      pinch(event.pointerId, before, place);
    } else if (drag.kind === "lasso") {
      const [x, y] = drag.line.at(-1) ?? place;
      if (Math.hypot(place[0] - x, place[1] - y) < lassoStep) return;
      drag.line.push(place);
      gestures.lasso(drag.line);
    } else {
      const far = Math.hypot(place[0] - drag.from[0], place[1] - drag.from[1]);
      if (drag.kind === "click" && far < clickReach) return;
      drag.kind = "pan";
      gestures.hover(undefined);
      gestures.pan(place[0] - before[0], place[1] - before[1]);
    }
    pointers.set(event.pointerId, place);
  };
  const pinch = (
    /** @type {number} */ id,
    /** @type {Place} */ before,
    /** @type {Place} */ after,
  ) => {
    const other = [...pointers].find(([key]) => key !== id)?.[1];
    if (other === undefined) return;
    const length = (/** @type {Place} */ place) =>
      Math.max(1, Math.hypot(place[0] - other[0], place[1] - other[1]));
    const [x, y] = [(before[0] + other[0]) / 2, (before[1] + other[1]) / 2];
    gestures.zoom(length(after) / length(before), [x, y]);
    gestures.pan((after[0] - before[0]) / 2, (after[1] - before[1]) / 2);
  };
  const up = (/** @type {PointerEvent} */ event) => {
    if (!pointers.delete(event.pointerId) || drag === undefined) return;
    const ended = drag;
    if (pointers.size > 0) return;
    drag = undefined;
    if (ended.kind === "lasso") {
      gestures.lassoed(ended.line.length > 2 ? ended.line : undefined);
    } else if (ended.kind === "click") gestures.click(placeOf(event));
  };
  const cancel = (/** @type {PointerEvent} */ event) => {
    pointers.delete(event.pointerId);
    giveUp();
  };
  const wheel = (/** @type {WheelEvent} */ event) => {
    const pinched = event.ctrlKey || event.metaKey;
    if (!pinched && !stage.contains(document.activeElement)) return;
    event.preventDefault();
    const unit = [1, 20, 400][event.deltaMode] ?? 1;
    const by = -event.deltaY * unit * (pinched ? 0.01 : 0.002);
    gestures.zoom(Math.exp(Math.min(1, Math.max(-1, by))), placeOf(event));
  };
  const options = { signal };
  stage.addEventListener("pointerdown", down, options);
  stage.addEventListener("pointermove", move, options);
  stage.addEventListener("pointerup", up, options);
  stage.addEventListener("pointercancel", cancel, options);
  stage.addEventListener(
    "pointerleave",
    () => gestures.hover(undefined),
    options,
  );
  stage.addEventListener("wheel", wheel, { signal, passive: false });
};
