/**
 * AlexNet on a million uncurated Flickr images (paper, section 5.1).
 *
 * - Needs: a manifest of paths, one a line, of a random million of YFCC100M.
 * - Expect: in the paper, features trained here lose little against ImageNet
 *   ones on VOC, though the images are unbalanced and uncurated.
 * - Command: `deno task train yfcc.txt --run runs/yfcc --preset alexnet-yfcc`
 *
 * @module
 */
import type { Preset } from "./preset.ts";

/** The paper's settings; only the images differ. */
export const alexnetYfcc: Preset = {
  settings: { model: "alexnet" },
  images: "a manifest of a million YFCC100M images",
};
