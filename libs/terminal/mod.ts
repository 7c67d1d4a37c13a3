/**
 * What a person sees and types: progress as bars on a terminal, as plain lines
 * elsewhere; flags with rules, and what is wrong with a command line; paths as
 * they meant them; why a program failed.
 *
 * @module
 */
export * from "./command_line.ts";
export * from "./flag_help.ts";
export * from "./flag_rules.ts";
export * from "./nearest_names.ts";
export * from "./no_empty_words.ts";
export * from "./progress_layer.ts";
export * from "./progress_lines.ts";
export * from "./renamed_flags.ts";
export * from "./report_failure.ts";
export * from "./run_main.ts";
export * from "./switch_flag.ts";
export * from "./user_path.ts";
