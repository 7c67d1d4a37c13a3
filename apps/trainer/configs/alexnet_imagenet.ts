/**
 * AlexNet with Sobel input on ImageNet: the settings of the paper's tables.
 *
 * - Needs: the 1 281 167 training images in a folder (a folder per class will
 *   do, classes are not read), 21 GB of disk for spilled features, and memory
 *   as `deno task doctor` says.
 * - Expect: in the paper, 500 epochs took 12 days on one P100; linear probes
 *   reach 36–40 % top-1 on conv3 to conv5. On CPUs this is for trying out with
 *   `--epochs 1`, not for finishing.
 * - Command: `deno task train ILSVRC2012/train --run runs/alexnet
 *   --preset alexnet-imagenet`
 *
 * @module
 */
import type { Preset } from "./preset.ts";

/** Every setting is the paper's, so none is written here. */
export const alexnetImagenet: Preset = {
  settings: { model: "alexnet" },
  images: "ImageNet's 1 281 167 training images",
};
