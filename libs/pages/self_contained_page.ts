/**
 * A page as one file, which opens from the disk and asks nothing of any
 * machine.
 *
 * @module
 */
import { Effect } from "effect";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { importedBy, inlineModules } from "./inline_modules.ts";
import { pageFiles } from "./page_files.ts";
import { escapeText, renderTemplate } from "./render_template.ts";

/** What a page of one file is made of. */
export interface SelfContainedPage {
  /** Title of the window. */
  readonly title: string;
  /** A template of lit-html: all that `<body>` holds. */
  readonly body: unknown;
  /**
   * Style sheets of `pageFiles`, by name. Default: `theme.css` and
   * `document.css`.
   */
  readonly styles?: readonly string[];
  /** Modules of `pageFiles` to run, by name, such as `map.js`. Default: none. */
  readonly scripts?: readonly string[];
  /** Values for scripts, each as JSON in an element whose id is its key. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * Writes a page with its styles, scripts and data inside.
 *
 * Its content security policy allows its one style and its one script, by
 * their SHA-256, and pictures that are inside it. So a `style` attribute has
 * no effect, and is an error in the browser's console. All text of templates
 * is escaped. The page can be read without scripts when `body` can be.
 *
 * @param page See {@link SelfContainedPage}.
 * @returns The HTML; the same for the same input.
 */
export const selfContainedPage: (
  page: SelfContainedPage,
) => Effect.Effect<string> = Effect.fn("selfContainedPage")(function* (page) {
  const { styles = ["theme.css", "document.css"], scripts = [] } = page;
  const sheets = yield* Effect.forEach(styles, readPageFile);
  const style = `\n${sheets.join("\n")}`;
  const icon = yield* readPageFile("icon.svg");
  const sources = yield* readModules(scripts);
  const script = `\n${
    inlineModules(scripts, sources).replaceAll(/<(?=\/script|!--)/gi, "\\x3c")
  }\n`;
  const data = Object.entries(page.data ?? {}).map(([id, value]) =>
    `<script type="application/json" id="${escapeText(id)}">${
      JSON.stringify(value).replaceAll("<", "\\u003c")
    }</script>\n`
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(page.title)}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style>${style}</style>
</head>
<body>
${renderTemplate(page.body).trim()}
${data.join("")}${
    scripts.length === 0 ? "" : `<script type="module">${script}</script>\n`
  }</body>
</html>
`;
});

const policyOf = (style: string, script: string): string =>
  [
    "default-src 'none'",
    `style-src '${digestOf(style)}'`,
    `script-src '${digestOf(script)}'`,
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

const digestOf = (text: string): string =>
  `sha256-${createHash("sha256").update(text).digest("base64")}`;

/** A file that is not in `pageFiles` is a fault of ours. */
const readPageFile = (name: string): Effect.Effect<string> =>
  Effect.promise(() => readFile(pageFiles.get(`/page/${name}`)!.file, "utf8"));

const readModules = Effect.fnUntraced(function* (names: readonly string[]) {
  const sources = new Map<string, string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (sources.has(name)) continue;
    const source = yield* readPageFile(name);
    sources.set(name, source);
    waiting.push(...importedBy(source));
  }
  return sources;
});
