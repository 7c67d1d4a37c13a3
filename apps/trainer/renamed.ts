/**
 * Flags of the trainer that had another name in the release before.
 *
 * @module
 */
import type { RenamedFlags } from "@deepcluster/terminal";

const cache = { cache: "image-memory" };

const ofImages = {
  ...cache,
  format: "manifest-format",
  "max-unreadable-share": "max-unreadable-fraction",
  model: "network",
};

/** Old names and present names, by the commands that had them. */
export const renamed: RenamedFlags = {
  train: ofImages,
  doctor: ofImages,
  resume: cache,
  demo: cache,
};
