/**
 * Pictures of what was learned: contact sheets of clusters.
 *
 * Paper: section 4.2 and the figures of its supplement.
 *
 * @module
 */
export * from "./choose.ts";
export * from "./cluster_sheet.ts";
export * from "./contact_sheet.ts";
export * from "./errors.ts";
export * from "./sheet_layout.ts";
export * from "./tiles.ts";
