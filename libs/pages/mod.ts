/**
 * The pages that people look at in a browser: the files to serve, the first
 * screen drawn before any script runs, and pages that are one file.
 *
 * The pages are plain ES modules, served as they are. They ask nothing of any
 * other machine and run under a strict content security policy.
 *
 * @module
 */
export type * from "./api_types.ts";
export type { EncodedArray, EncodedMap } from "./encoded_map.ts";
export { mapSection } from "./map_section.ts";
export { contentSecurityPolicy, renderPage } from "./page.ts";
export { type PageFile, pageFiles } from "./page_files.ts";
export { escapeText, renderTemplate } from "./render_template.ts";
export {
  type SelfContainedPage,
  selfContainedPage,
} from "./self_contained_page.ts";
