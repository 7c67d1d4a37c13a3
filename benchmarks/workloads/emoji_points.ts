/**
 * Real points for clustering: features of random crops of the demo's emoji from
 * the demo's untrained network, whitened and L2-normalised.
 *
 * @module
 */
import { fitWhitening, whitenRows } from "@deepcluster/clustering";
import { matrix, Progress, rowsOf } from "@deepcluster/core";
import {
  batches,
  decode,
  imageSet,
  trainingTransform,
} from "@deepcluster/data";
import { emojiSource, renderEmoji } from "@deepcluster/datasets";
import { Backend, layerBackend } from "@deepcluster/gpu-backend";
import { featuresGraph, initialise } from "@deepcluster/models";
import { Effect, Stream } from "effect";
import { join } from "node:path";
import { root } from "../measure/machine.ts";
import { networks, seed } from "./networks.ts";

/** Width and height of the emoji, in pixels. */
export const emojiSize = 64;

const batch = 100;

/**
 * Computes the points.
 *
 * @param n Number of points, a multiple of 100.
 * @param d Features of a point, at most 512.
 * @returns `[n, d]`.
 */
export const emojiPoints = Effect.fn("emojiPoints")(
  function* (n: number, d: number) {
    const network = networks.small;
    const set = imageSetOf(yield* emojiPixels(Infinity));
    const graph = yield* featuresGraph(network, batch);
    const state = initialise(network, seed);
    const program = yield* (yield* Backend).compile(graph, state);
    const columns = network.featureSize;
    const all = matrix(n, columns);
    const transform = trainingTransform({ crop: 32, seed, epoch: 1 });
    const order = Int32Array.from({ length: n }, (_, i) => i % set.size);
    let done = 0;
    yield* batches(set, order, transform, { batchSize: batch }).pipe(
      Stream.runForEach(Effect.fnUntraced(function* ({ images }) {
        const { features } = yield* program.run({ images });
        all.data.set(features!.data, done);
        done += batch * columns;
      })),
    );
    const rows = rowsOf(all);
    const whitening = yield* fitWhitening(rows, { components: d, seed });
    return yield* whitenRows(rows, whitening);
  },
  Effect.scoped,
  Effect.provide(layerBackend()),
);

/**
 * Decodes the demo's emoji; renders them into its folder if they are missing.
 *
 * @param limit Largest number of images, spread evenly over the set.
 * @returns Pixels `[n, 64, 64, 3]`.
 */
export const emojiPixels = Effect.fn("emojiPixels")(
  function* (limit: number) {
    const folder = join(root, "data", "emoji");
    yield* renderEmoji(folder, { size: emojiSize });
    const { source } = yield* emojiSource(folder);
    const count = Math.min(limit, source.ids.length);
    const bytes = emojiSize * emojiSize * 3;
    const pixels = new Uint8Array(count * bytes);
    const indices = Array.from({ length: count }, (_, i) => i);
    yield* Effect.forEach(indices, (i) => {
      const sourceIndex = Math.floor(i * source.ids.length / count);
      return Effect.map(
        decode(source.ids[sourceIndex]!, source.payload(sourceIndex)),
        ({ data }) => pixels.set(data, i * bytes),
      );
    }, { concurrency: 8, discard: true });
    return pixels;
  },
  Effect.provide(Progress.layerSilent),
);

const imageSetOf = (pixels: Uint8Array) => {
  const bytes = emojiSize * emojiSize * 3;
  return imageSet({
    name: "emoji",
    ids: Array.from({ length: pixels.length / bytes }, (_, i) => String(i)),
    payload: (i) => ({
      kind: "pixels",
      width: emojiSize,
      height: emojiSize,
      channels: 3,
      data: pixels.subarray(i * bytes, (i + 1) * bytes),
    }),
  });
};
