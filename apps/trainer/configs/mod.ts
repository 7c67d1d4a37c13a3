/**
 * The presets by the names that `--preset` takes.
 *
 * @module
 */
import { alexnetImagenet } from "./alexnet_imagenet.ts";
import { alexnetYfcc } from "./alexnet_yfcc.ts";
import { smallEmoji } from "./small_emoji.ts";
import { smallFashionMnist } from "./small_fashion_mnist.ts";
import { vgg16Imagenet } from "./vgg16_imagenet.ts";

/** Every preset. */
export const presets = {
  "alexnet-imagenet": alexnetImagenet,
  "vgg16-imagenet": vgg16Imagenet,
  "alexnet-yfcc": alexnetYfcc,
  "small-emoji": smallEmoji,
  "small-fashion-mnist": smallFashionMnist,
} as const;
