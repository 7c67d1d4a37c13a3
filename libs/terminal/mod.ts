/**
 * What a person sees: progress as bars on a terminal, as plain lines
 * elsewhere; paths as they meant them; why a program failed.
 *
 * @module
 */
export * from "./progress_layer.ts";
export * from "./progress_lines.ts";
export * from "./report_failure.ts";
export * from "./user_path.ts";
