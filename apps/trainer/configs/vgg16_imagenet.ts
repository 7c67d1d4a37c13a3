/**
 * VGG-16 with Sobel input on ImageNet, as in the paper's VGG columns.
 *
 * - Needs: as AlexNet, but far more memory for a training step of 256 images:
 *   ask `deno task doctor`, and lower `--batch` where it warns.
 * - Expect: in the paper, VOC 2007 detection rises from 55.4 (AlexNet) to 65.9
 *   mAP.
 * - Command: `deno task train ILSVRC2012/train --run runs/vgg16
 *   --preset vgg16-imagenet`
 *
 * @module
 */
import type { Preset } from "./preset.ts";

/** The paper's settings with the larger network. */
export const vgg16Imagenet: Preset = {
  settings: { model: "vgg16" },
  images: "ImageNet's 1 281 167 training images",
};
