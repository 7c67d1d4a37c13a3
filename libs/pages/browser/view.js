/**
 * What a view is, and what it may ask of the page around it.
 *
 * @module
 */
import { html } from "./lit-html.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { IndexInfo } from "../api_types.ts" */

/**
 * A view: one address, its data and its picture of them.
 *
 * @typedef {object} View
 * @property {() => string} title Of the browser's tab.
 * @property {(signal: AbortSignal) => Promise<void>} load Fetches what is shown
 * first. It is called once; rejects with an `ApiError`.
 * @property {() => TemplateResult} template Draws what was fetched.
 * @property {() => string} status What a screen reader hears once it is shown.
 */

/**
 * The page around a view.
 *
 * @typedef {object} Page
 * @property {IndexInfo} index What is indexed.
 * @property {() => void} update Draws the view again.
 * @property {(address: string, options?: GoOptions) => void} go Opens another
 * address.
 * @property {(address: string) => void} rename Changes the address of the shown
 * view, without a step to go back to.
 * @property {(message: string, undo?: () => Promise<void>) => void} say Shows
 * and speaks a message, with a button that undoes what it tells of.
 * @property {() => void} forget Fetches other views anew when they are opened
 * again, as what they show was changed.
 * @property {(content: TemplateResult) => void} show Opens a dialog.
 * @property {(work: () => Promise<void>) => Promise<void>} attempt Does
 * something for the shown view; a failure is said in words.
 */

/**
 * @typedef {object} GoOptions
 * @property {string} [upload] Key of a dropped picture.
 * @property {boolean} [stay] Keep focus and scroll, as the view is the same.
 */

/**
 * A failure in words, where the view would have been.
 *
 * @param {string} message
 * @returns {TemplateResult}
 */
export const failure = (message) =>
  html`
    <div class="notice problem">
      <h1 tabindex="-1">This did not work</h1>
      <p>${message}</p>
      <p><a href="/">All clusters</a></p>
    </div>
  `;
