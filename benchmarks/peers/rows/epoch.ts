/**
 * The row of a whole epoch of the demo.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import { decode, emojiSource, renderEmoji } from "@deepcluster/data";
import { initialise, initialiseHead, layersOf } from "@deepcluster/models";
import { Effect } from "effect";
import { join } from "node:path";
import { root } from "../../measure/machine.ts";
import { networks, seed } from "../../works/networks.ts";
import type { Shared } from "../data.ts";
import type { Row } from "../row.ts";
import type { EpochSpec } from "../specs.ts";

/** Side of the demo's images, in pixels. */
export const side = 64;

/** Settings of the demo. */
const [size, pca, clusters, batch] = [32, 64, 200, 64];

/** The row. */
export const epochRow: Row = {
  name: "demo epoch",
  peers: ["PyTorch + faiss"],
  repeats: 3,
  // Other draws: the objectives of k-means and the losses differ by chance.
  tolerances: [0.03, 0.1],
  warm: false,
  prepare: (shared) => epochSpec(shared, Infinity),
};

/**
 * The demo's epoch on some of its images.
 *
 * @param shared Where the data goes.
 * @param most Images at most, spread evenly over the set.
 * @returns The work.
 */
export const epochSpec = async (
  shared: Shared,
  most: number,
): Promise<EpochSpec> => {
  const pixels = await Effect.runPromise(emojiPixels(most));
  const network = networks.small;
  return {
    kind: "epoch",
    network: "small",
    layers: layersOf(network),
    tensors: await shared.tensors("tensors", {
      ...initialise(network, seed),
      ...initialiseHead(network.featureSize, clusters, seed, 1),
    }),
    n: pixels.length / (side * side * 3),
    side,
    size,
    images: await shared.numbers("pixels", pixels),
    pca,
    clusters,
    batch,
  };
};

/**
 * The demo's images, decoded; rendered into its folder when they are not.
 *
 * @param most Images at most, spread evenly over the set.
 * @returns `[n, side, side, 3]`.
 */
export const emojiPixels = Effect.fn("emojiPixels")(
  function* (most: number) {
    const folder = join(root, "data", "emoji");
    yield* renderEmoji(folder, { size: side });
    const { source } = yield* emojiSource(folder);
    const count = Math.min(most, source.ids.length);
    const pixels = new Uint8Array(count * side * side * 3);
    const positions = Array.from({ length: count }, (_, i) => i);
    yield* Effect.forEach(positions, (i) => {
      const at = Math.floor(i * source.ids.length / count);
      return Effect.map(
        decode(source.ids[at]!, source.payload(at)),
        ({ data }) => pixels.set(data, i * side * side * 3),
      );
    }, { concurrency: 8, discard: true });
    return pixels;
  },
  Effect.provide(Progress.layerSilent),
);
