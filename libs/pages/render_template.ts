/**
 * Writes lit-html's templates as text, so that the server and the browser draw
 * the same rows from the same templates.
 *
 * @module
 */
import { nothing } from "lit-html";

/**
 * Writes what a template draws.
 *
 * Values are escaped, in text and in attributes. What only a browser can do is
 * left out: listeners (`@click`) and properties (`.value`). Directives are not
 * known here.
 *
 * @param value A template, a list of them, text, a number, or `nothing`.
 * @returns HTML.
 */
export const renderTemplate = (value: unknown): string => {
  if (value === nothing || value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(renderTemplate).join("");
  return isTemplate(value) ? renderParts(value) : escapeText(String(value));
};

/**
 * Escapes text for HTML, in elements and in quoted attributes.
 *
 * @param text Any text.
 * @returns It, with `&`, `<`, `>` and both quotes written as entities.
 */
export const escapeText = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** What lit-html's `html` returns, as far as it matters here. */
interface Template {
  readonly strings: readonly string[];
  readonly values: readonly unknown[];
}

const isTemplate = (value: unknown): value is Template =>
  typeof value === "object" && value !== null && "strings" in value &&
  "values" in value;

/** An attribute whose whole value follows: ` ?disabled=`, ` href=`. */
const attributeStart = /\s([?@.]?)([\w-]+)=$/;

const renderParts = ({ strings, values }: Template): string =>
  strings.reduce((written, text, i) => {
    const all = written + text;
    if (i === values.length) return all;
    const value = values[i];
    const [start, kind, name] = attributeStart.exec(all) ?? [];
    if (start === undefined) return all + renderTemplate(value);
    const before = all.slice(0, -start.length);
    if (kind === "@" || kind === "." || value === nothing) return before;
    if (kind === "?") return value ? `${before} ${name}` : before;
    return `${before} ${name}="${escapeText(String(value))}"`;
  }, "");
