/**
 * The query picture, in which a box is drawn by mouse, finger or keyboard.
 *
 * @module
 */
import {
  boxBetween,
  boxWords,
  gripAt,
  isLarge,
  middleBox,
  moveBox,
  resizeBox,
} from "./box.js";
import { html, nothing } from "./lit-html.js";
import { pictureWithBox } from "./picture.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { PixelBox } from "../api_types.ts" */
/** @import { Grip, Point, Size } from "./box.js" */

/** How near a corner the pointer holds it, in pixels of the screen. */
const reach = 14;

/** @type {Readonly<Record<string, Point>>} */
const arrows = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * @param {object} stage
 * @param {string} stage.source Address of the picture.
 * @param {string} stage.name
 * @param {Size} stage.size In pixels of the picture.
 * @param {PixelBox | undefined} stage.box The box that was searched by.
 * @param {() => void} stage.update Draws the view again.
 * @param {(box: PixelBox | undefined) => void} stage.search Searches by a box,
 * or by the whole picture.
 * @returns {{ template: () => TemplateResult }}
 */
export const boxStage = ({ source, name, size, box, update, search }) => {
  let draft = box;
  /** @type {{ grip: Grip, from: Point, start: PixelBox | undefined, moved: boolean } | undefined} */
  let drag;
  const set = (/** @type {PixelBox | undefined} */ to) => {
    draft = to;
    update();
  };
  const searchBy = (/** @type {PixelBox | undefined} */ by) => {
    if (by?.join() !== box?.join()) search(by);
  };

  const pointOf = (/** @type {PointerEvent} */ event) => {
    const picture = stageOf(event).querySelector(".picture");
    const area = (picture ?? stageOf(event)).getBoundingClientRect();
    const scale = size.width / area.width;
    const x = (event.clientX - area.left) * scale;
    const y = (event.clientY - area.top) * scale;
    return { scale, point: /** @type {Point} */ ([x, y]) };
  };
  const down = (/** @type {PointerEvent} */ event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    const { scale, point } = pointOf(event);
    const grip = gripAt(draft, point, reach * scale);
    stageOf(event).setPointerCapture(event.pointerId);
    drag = { grip, from: point, start: draft, moved: false };
  };
  const move = (/** @type {PointerEvent} */ event) => {
    if (drag === undefined) return;
    const { scale, point } = pointOf(event);
    const { grip, from, start } = drag;
    const by = /** @type {Point} */ ([point[0] - from[0], point[1] - from[1]]);
    drag.moved ||= Math.hypot(...by) > 4 * scale;
    if (!drag.moved) return;
    set(
      grip === "move" && start !== undefined
        ? moveBox(start, by, size)
        : boxBetween(typeof grip === "string" ? from : grip, point, size),
    );
  };
  const up = () => {
    const ended = drag;
    drag = undefined;
    if (!ended?.moved || draft === undefined) return;
    if (isLarge(draft)) searchBy(draft);
    else set(ended.start);
  };
  const cancel = () => {
    if (drag !== undefined) set(drag.start);
    drag = undefined;
  };

  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const arrow = arrows[event.key];
    if (arrow !== undefined) {
      const step = Math.max(1, Math.max(size.width, size.height) / 40);
      const by = /** @type {Point} */ ([arrow[0] * step, arrow[1] * step]);
      set(
        draft === undefined
          ? middleBox(size)
          : event.shiftKey
          ? resizeBox(draft, by, size)
          : moveBox(draft, by, size),
      );
    } else if (event.key === "Enter" && draft !== undefined) searchBy(draft);
    else if (/^(Escape|Delete|Backspace)$/.test(event.key) && draft) clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const clear = () => {
    set(undefined);
    searchBy(undefined);
  };
  const begin = () => {
    set(draft ?? middleBox(size));
    const stage = document.querySelector("#stage");
    if (stage instanceof HTMLElement) stage.focus();
  };

  const template = () =>
    html`
      <div id="stage" class=${draft === undefined ? "stage" : "stage boxed"}
        tabindex="0" role="application" aria-describedby="stage-help"
        aria-label=${`${name}. ${
          draft === undefined ? "No box" : `Box: ${boxWords(draft)}`
        }`}
        @pointerdown=${down} @pointermove=${move} @pointerup=${up}
        @pointercancel=${cancel} @keydown=${key}>
              ${pictureWithBox({
                source,
                alt: "",
                size,
                box: draft,
                handles: true,
              })}
            </div>
      <p class="buttons">${draft === undefined
        ? html`<button type="button" @click=${begin}>Search by a part</button>`
        : html`<button type="button" @click=${clear}>Whole picture</button>`}${draft !==
            undefined && draft.join() !== box?.join()
        ? html`
          <button type="button" class="primary"
            @click=${() => searchBy(draft)}>Search by this part</button>
        `
        : nothing}</p>
      <p id="stage-help" class="quiet">Draw a box to search by a part.
        <span class="by-keyboard">By keyboard: arrow keys move the box, Shift
        and arrow keys resize it, Enter searches, Esc removes it.</span></p>
    `;
  return { template };
};

/** @param {Event} event */
const stageOf = (event) => /** @type {HTMLElement} */ (event.currentTarget);
