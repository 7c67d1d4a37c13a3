/**
 * VGG-16 with batch normalisation after every convolution.
 *
 * Paper: section 3.4. Reference: K. Simonyan and A. Zisserman, "Very deep
 * convolutional networks for large-scale image recognition", 2014,
 * configuration D; layers in the order and under the names of the authors'
 * published PyTorch code, with one dropout only.
 *
 * @module
 */
import type { Effect } from "effect";
import { assemble, convolutionBlock } from "./assemble.ts";
import type { NetworkError } from "./errors.ts";
import type { Network, NetworkOptions, Unnamed } from "./network.ts";

/** Filters of the convolutions between two poolings. */
const stages = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
];

/**
 * Describes VGG-16.
 *
 * @param options Default: size 224, dropout 0.5. The smallest size is 32. `width` must keep channels whole: a multiple of 1/64.
 * @returns The network, with 4096 features at width 1, or
 * `NetworkOptionError`, or `ImageTooSmallError`.
 */
export const vgg16 = (
  options: NetworkOptions,
): Effect.Effect<Network, NetworkError> => {
  const { sobel, size = 224, width = 1, dropout = 0.5 } = options;
  const units = 4096 * width;
  return assemble({
    name: "vgg16",
    options: { sobel, size, width, dropout },
    features: (inChannels) => {
      const layers: Unnamed[] = [];
      let channels = inChannels;
      for (const stage of stages) {
        for (const filters of stage) {
          layers.push(...convolutionBlock(channels, filters * width));
          channels = filters * width;
        }
        layers.push({ type: "maxPool", kernel: 2, stride: 2 });
      }
      return layers;
    },
    classifier: (inFeatures) => [
      { type: "linear", inFeatures, outFeatures: units },
      { type: "relu" },
      { type: "dropout", rate: dropout },
      { type: "linear", inFeatures: units, outFeatures: units },
      { type: "relu" },
    ],
  });
};
