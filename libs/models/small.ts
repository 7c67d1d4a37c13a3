/**
 * A small network for images of 32 to 96 pixels. It is ours, not the paper's:
 * made so that the method shows its effect within minutes on two CPU
 * cores.
 *
 * Blocks of a 3×3 convolution without bias, batch normalisation, ReLU and 2×2
 * max-pooling, then fully connected layers as in the paper's networks.
 *
 * @module
 */
import { Effect } from "effect";
import { assemble, convolutionBlock } from "./assemble.ts";
import { type NetworkError, NetworkOptionError } from "./errors.ts";
import type { Network, NetworkOptions, Unnamed } from "./network.ts";

/** Options of {@link small}. */
export interface SmallOptions extends NetworkOptions {
  /** Filters of each block; every block halves the side of the map. */
  readonly channels?: readonly number[];
  /** Units of each fully connected layer; the last are the features. */
  readonly units?: readonly number[];
}

/**
 * Describes the small network.
 *
 * @param options Default: size 32, dropout 0, channels 24-48-96-192, units 512.
 * The smallest size is 2 to the number of blocks.
 * @returns The network, with as many features as its last layer has units, or
 * `NetworkOptionError`, or `ImageTooSmallError`.
 */
export const small: (
  options: SmallOptions,
) => Effect.Effect<Network, NetworkError> = Effect
  .fnUntraced(function* (options) {
    const { sobel, size = 32, width = 1, dropout = 0 } = options;
    const { channels = [24, 48, 96, 192], units = [512] } = options;
    for (const [option, sizes] of Object.entries({ channels, units })) {
      if (sizes.length === 0 || !sizes.every((count) => count >= 1)) {
        return yield* new NetworkOptionError({
          network: "small",
          option,
          rule: "one number >= 1 or more",
          value: `[${sizes.join(", ")}]`,
        });
      }
    }
    return yield* assemble({
      name: "small",
      options: { sobel, size, width, dropout },
      features: (inChannels) =>
        channels.flatMap((filters, block) => {
          const before = block === 0
            ? inChannels
            : channels[block - 1]! * width;
          return [
            ...convolutionBlock(before, filters * width, undefined, false),
            { type: "maxPool", kernel: 2, stride: 2 } satisfies Unnamed,
          ];
        }),
      classifier: (inFeatures) =>
        units.flatMap((count, place): readonly Unnamed[] => [
          { type: "dropout", rate: dropout },
          {
            type: "linear",
            inFeatures: place === 0 ? inFeatures : units[place - 1]! * width,
            outFeatures: count * width,
          },
          { type: "relu" },
        ]),
    });
  });
