/**
 * The parts of the page, each replaced for itself when it changes.
 *
 * @module
 */
import { renderTemplate } from "@deepcluster/pages";
import { createHash } from "node:crypto";

/** A part of the page. */
export interface Part {
  /** Id of its element. */
  readonly id: string;
  /** HTML within the element. */
  readonly html: string;
  /** Tells it from what it was and will be. */
  readonly digest: string;
}

/** The page at a moment. */
export interface Shown {
  /** Title of the window: how far the run is. */
  readonly title: string;
  /** The newest thing worth saying aloud. */
  readonly milestone: string;
  /** In the order of the page; their ids never change. */
  readonly parts: readonly Part[];
}

/**
 * Makes a part.
 *
 * @param id Id of its element.
 * @param template What it shows; `undefined` or `nothing` for nothing yet.
 * @returns The part.
 */
export const partOf = (id: string, template: unknown): Part => {
  const html = renderTemplate(template);
  const digest = createHash("sha256").update(html).digest("hex").slice(0, 12);
  return { id, html, digest };
};
