/**
 * AlexNet as DeepCluster trains it: 96-256-384-384-256 filters, no local
 * response normalisation, batch normalisation after every convolution.
 *
 * Paper: section 3.4. Reference: A. Krizhevsky et al., "ImageNet
 * classification with deep convolutional neural networks", 2012; layers in the
 * order and under the names of the authors' published PyTorch code.
 *
 * @module
 */
import type { Effect } from "effect";
import { assemble, convolutionBlock } from "./assemble.ts";
import type { NetworkError } from "./errors.ts";
import type { Network, NetworkOptions, Unnamed } from "./network.ts";

/**
 * Describes AlexNet.
 *
 * @param options Default: size 224, dropout 0.5. The smallest size is 63. `width` must keep channels whole: a multiple of 1/32.
 * @returns The network, with 4096 features at width 1, or
 * `NetworkOptionError`, or `ImageTooSmallError`.
 *
 * @example An image that is too small
 * ```ts
 * import { alexnet } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const error = Effect.runSync(Effect.flip(alexnet({ sobel: true, size: 32 })));
 * assert.equal(
 *   error.message,
 *   "Cannot build alexnet as size must be >= 63: current value is size=32",
 * );
 * ```
 */
export const alexnet = (
  options: NetworkOptions,
): Effect.Effect<Network, NetworkError> => {
  const { sobel, size = 224, width = 1, dropout = 0.5 } = options;
  const pool: Unnamed = { type: "maxPool", kernel: 3, stride: 2 };
  const [c1, c2, c3, c4, c5, units] = [96, 256, 384, 384, 256, 4096]
    .map((full) => full * width) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
  return assemble({
    name: "alexnet",
    options: { sobel, size, width, dropout },
    features: (inChannels) => [
      ...convolutionBlock(inChannels, c1, {
        kernel: 11,
        stride: 4,
        padding: 2,
      }),
      pool,
      ...convolutionBlock(c1, c2, { kernel: 5, stride: 1, padding: 2 }),
      pool,
      ...convolutionBlock(c2, c3),
      ...convolutionBlock(c3, c4),
      ...convolutionBlock(c4, c5),
      pool,
    ],
    classifier: (inFeatures) => [
      { type: "dropout", rate: dropout },
      { type: "linear", inFeatures, outFeatures: units },
      { type: "relu" },
      { type: "dropout", rate: dropout },
      { type: "linear", inFeatures: units, outFeatures: units },
      { type: "relu" },
    ],
  });
};
