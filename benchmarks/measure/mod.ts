/**
 * What a command that measures needs, for `comparisons`: command line,
 * statistics, tables and results files.
 *
 * @module
 */
export { commandLine, countOf, oneOf, refuse } from "./command_line.ts";
export { origin, root } from "./machine.ts";
export { requireResultsPath, resultsPath, writeResults } from "./results.ts";
export {
  fitLine,
  type Line,
  median,
  pairedRatio,
  summarise,
  type Summary,
} from "./statistics.ts";
export { digits, showPercent, showRatio, showSeconds, table } from "./table.ts";
