/**
 * Flags of the evaluator that had another name in the release before.
 *
 * @module
 */
import type { RenamedFlags } from "@deepcluster/terminal";

const ofImages = {
  format: "manifest-format",
  "max-unreadable-share": "max-unreadable-fraction",
  split: "test-fraction",
};

/** Old names and present names of the flags of `evaluate`. */
export const renamed: RenamedFlags = {
  "*": { model: "network" },
  all: ofImages,
  knn: { ...ofImages, k: "neighbours" },
  linear: ofImages,
  "low-shot": ofImages,
  nmi: ofImages,
  "voc-classification": { cache: "image-memory", layers: "fine-tune" },
};

/** Old names and present names of the flags of `model`. */
export const renamedOfModel: RenamedFlags = {
  "*": { state: "state-dict" },
};
