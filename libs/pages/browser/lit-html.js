/**
 * The template library, by the address that the browser loads it from: the
 * server sends lit-html itself for `/page/lit-html.js`, so this file is what
 * Deno reads.
 *
 * @module
 */
export { html, nothing, render, svg } from "lit-html";
/** @typedef {import("lit-html").TemplateResult} TemplateResult */
