/**
 * The paper's evaluation on PASCAL VOC 2007: classification by fine-tuning.
 *
 * Paper: section 4.5.
 *
 * @module
 */
export { freshClassifier } from "./fresh_classifier.ts";
export { vocPaperSettings } from "./paper_settings.ts";
export { parseVocSettings } from "./settings.ts";
export {
  vocClassification,
  type VocClassificationError,
} from "./voc_classification.ts";
export { vocResults } from "./voc_results.ts";
export { type VocInputs, vocStateOwner } from "./voc_keys.ts";
export { vocStorage } from "./voc_storage.ts";
