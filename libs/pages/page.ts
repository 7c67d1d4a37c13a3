/**
 * The HTML of the pages.
 *
 * @module
 */
import type { FirstScreen, HeaderInfo } from "./api_types.ts";
import {
  clusterScreen,
  dropZone,
  header,
  waitingScreen,
} from "./browser/first_screen.js";
import { escapeText, renderTemplate } from "./render_template.ts";

/**
 * The `Content-Security-Policy` that the HTML must be sent with: files of this
 * server alone, no script and no style inside the HTML. `blob:` shows a picture
 * that was dropped.
 */
export const contentSecurityPolicy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Writes the HTML of a page.
 *
 * The header is in the HTML, and with the data of the first screen its rows of
 * pictures, so that they are painted before any script has run; those data are
 * sent along, so that the script need not ask for them. All text is escaped.
 *
 * @param path Path of the address.
 * @param index What the header shows. Without it, the script draws the header.
 * @param first What `/` shows. Without it, the script fetches what the address
 * asks for.
 * @returns The whole document; it needs the files of `pageFiles`.
 */
export const renderPage = (
  path: string,
  index?: HeaderInfo,
  first?: FirstScreen,
): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${index === undefined ? "Images" : escapeText(index.name)}</title>
<link rel="icon" href="/page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page/theme.css">
<link rel="stylesheet" href="/page/style.css">
<script type="application/json" id="first-screen">${
    first === undefined ? "" : jsonInHtml(first)
  }</script>
<script type="module" src="/page/app.js"></script>
</head>
<body>
<header id="bar">${
    index === undefined ? "" : renderTemplate(header(index, path))
  }</header>
<main id="view" tabindex="-1">${
    first !== undefined
      ? renderTemplate(firstRows(first))
      : index === undefined
      ? ""
      : renderTemplate(waitingScreen(index, path))
  }</main>
<div id="message" role="alert"></div>
<p id="status" class="unseen" role="status"></p>
<dialog id="dialog" aria-label="Details"></dialog>
<noscript><p class="notice">This page needs JavaScript to search.</p></noscript>
</body>
</html>
`;

/** Without clusters the script fetches the images. */
const firstRows = ({ index, clusters }: FirstScreen) =>
  index.clusters === 0
    ? dropZone(index)
    : clusterScreen({ index, ...clusters });

/** `<` would let a file name end the script element. */
const jsonInHtml = (value: unknown): string =>
  JSON.stringify(value).replaceAll("<", "\\u003c");
