/**
 * VGG-16 with Sobel input on ImageNet, as in the paper's VGG columns.
 *
 * - Needs: as AlexNet, with four times the memory for a training step; the
 *   authors' batch of 256 wants about 30 GB, so ours halves nothing but says
 *   so: lower `--batch` where `deno task doctor` warns.
 * - Expect: in the paper, VOC 2007 detection rises from 55.4 (AlexNet) to 65.9.
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
