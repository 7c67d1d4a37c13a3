/**
 * What a person sees and types: progress as bars on a terminal, as plain lines
 * elsewhere; flags with rules; paths as they meant them; why a program failed.
 *
 * @module
 */
export * from "./flag_rules.ts";
export * from "./progress_layer.ts";
export * from "./progress_lines.ts";
export * from "./report_failure.ts";
export * from "./user_path.ts";
