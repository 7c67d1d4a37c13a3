/**
 * Flags of the options that messages of libs name, where the names differ.
 *
 * @module
 */
import type { OptionFlags } from "@deepcluster/terminal";

/** Options and their flags; a model is an argument and has none. */
export const optionFlags: OptionFlags = {
  by: "split-by",
  k: "neighbours",
  memoryBytes: "memory",
  model: undefined,
};
