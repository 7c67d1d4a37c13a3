/**
 * Where the state of a VOC training lies.
 *
 * @module
 */

/** Name of the file in the folder of `--state`. */
export const vocStatePath = "voc-classification.safetensors";
