/**
 * Flags of the trainer that had another name in the release before.
 *
 * @module
 */
import type { RenamedFlags } from "@deepcluster/terminal";

/** Old names and present names. */
export const renamed: RenamedFlags = {
  "*": {
    cache: "image-memory",
    format: "manifest-format",
    "max-unreadable-share": "max-unreadable-fraction",
    model: "network",
  },
};
