/**
 * A list that is fetched part by part, with a button for the next part. The
 * button presses itself when it comes into view, until a part fails.
 *
 * @module
 */
import { html, nothing } from "./lit-html.js";
import { count } from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { Page } from "./view.js" */

/**
 * @template Item
 * @template {{ readonly total: number }} Answer
 * @typedef {object} LongList
 * @property {readonly Item[]} items Those fetched so far.
 * @property {() => Answer} answer The newest answer.
 * @property {(answer: Answer) => void} append Adds a part that came otherwise.
 * @property {(signal?: AbortSignal) => Promise<void>} load Fetches the next part.
 * @property {() => Promise<void>} reload Fetches the first part anew.
 * @property {() => TemplateResult | typeof nothing} button Nothing at the end.
 */

/**
 * @template Item
 * @template {{ readonly total: number }} Answer
 * @param {Page} page
 * @param {object} list
 * @param {string} list.thing One of the list, in words.
 * @param {number} list.limit Items of a part.
 * @param {(part: { offset: number, limit: number }, signal?: AbortSignal) => Promise<Answer>} fetch
 * @param {(answer: Answer) => readonly Item[]} itemsOf
 * @returns {LongList<Item, Answer>}
 */
export const longList = (page, { thing, limit }, fetch, itemsOf) => {
  /** @type {Item[]} */
  const items = [];
  /** @type {Answer} */
  let newest;
  let [isBusy, hasFailed] = [false, false];
  const append = (/** @type {Answer} */ answer) => {
    items.push(...itemsOf(answer));
    newest = answer;
  };
  const load = async (/** @type {AbortSignal | undefined} */ signal) =>
    append(await fetch({ offset: items.length, limit }, signal));
  const more = () =>
    page.attempt(async () => {
      [isBusy, hasFailed] = [true, true];
      page.update();
      await load(undefined).finally(() => isBusy = false);
      hasFailed = false;
    });
  return {
    items,
    answer: () => newest,
    append,
    load,
    reload: async () => {
      const answer = await fetch({ offset: 0, limit });
      items.length = 0;
      append(answer);
    },
    button: () =>
      items.length >= newest.total ? nothing : html`
        <p class="more">
          <button type="button" ?data-more=${!hasFailed} ?disabled=${isBusy}
            @click=${more}>Show more</button>
          <span>${count(items.length, thing)} of
                  ${count(newest.total, thing)}</span>
        </p>
      `,
  };
};
