/**
 * Pictures of what was learned: contact sheets of clusters.
 *
 * Paper: section 4.2 and the figures of its supplement.
 *
 * @module
 */
// Contact sheets
export { classesByNumber, clusterSheet } from "./cluster_sheet.ts";
export { contactSheet, type ContactSheetError } from "./contact_sheet.ts";

// Which clusters and images are shown
export { chooseClusters, chooseImages } from "./choose.ts";
