/**
 * What a person sees and types: progress as bars on a terminal, as plain lines
 * elsewhere; flags with rules, and what is wrong with a command line; paths as
 * they meant them; why a program failed.
 *
 * @module
 */
// Programs
export {
  type AnyCommand,
  commandGroup,
  type CommandLine,
  type CommandWork,
  type LazyCommand,
  lazyCommand,
} from "./lazy_command.ts";
export { runMain } from "./run_main.ts";
export { version } from "./version.ts";

// Progress
export { layerProgress } from "./progress_layer.ts";
export { formatFigure, formatSeconds } from "./progress_lines.ts";

// Flags and their help
export {
  addressFlag,
  atLeast,
  fractionsFlag,
  integersFlag,
  momentumFlag,
  namesFlag,
  notNegative,
  numberFlag,
  numbersFlag,
  positive,
} from "./flag_rules.ts";
export {
  flagHelp,
  flagWithDefault,
  optionalFlag,
  shownDefault,
} from "./flag_help.ts";
export { presentOnly } from "./present_only.ts";
export { switchFlag } from "./switch_flag.ts";
export { flagWords, type OptionFlags } from "./flag_words.ts";
export type { RenamedFlags } from "./renamed_flags.ts";

// Names and paths that were typed
export { requireNoInput } from "./inputs_kept.ts";
export { didYouMean, nearestNames } from "./nearest_names.ts";
export { fromHere, quoted, relativeToHere, shown, typed } from "./user_path.ts";
