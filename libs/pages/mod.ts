/**
 * The pages that people look at in a browser: the files to serve, and the first
 * screen drawn before any script runs.
 *
 * The pages are plain ES modules, served as they are. They ask nothing of any
 * other machine and run under a strict content security policy.
 *
 * @module
 */
export type * from "./api_types.ts";
export { contentSecurityPolicy, renderPage } from "./page.ts";
export { type PageFile, pageFiles } from "./page_files.ts";
