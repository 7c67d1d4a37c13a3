/**
 * The name of a report.
 *
 * @module
 */

/** Name of the report in its run folder. */
export const reportName = "report.html";
