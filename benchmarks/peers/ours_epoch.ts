/**
 * Our side of an epoch of the demo: features, reduction, k-means, training.
 *
 * @module
 */
import { kmeans, reduce, whiten } from "@deepcluster/clustering";
import {
  clusteringTransform,
  type ImageSet,
  imageSet,
} from "@deepcluster/data";
import {
  extract,
  openFeatureFile,
  passOver,
  removeFeatureFile,
} from "@deepcluster/features";
import {
  parseConfiguration,
  startOfEpoch,
  trainEpoch,
} from "@deepcluster/training";
import { Effect } from "effect";
import { networks, seed } from "../works/networks.ts";
import { readBytes, readTensors } from "./data.ts";
import type { PeerWork } from "./peer_work.ts";
import type { EpochSpec } from "./specs.ts";

/**
 * An epoch of the demo.
 *
 * @param spec See {@link EpochSpec}.
 * @param threads Of the engine.
 * @returns The work; its values are the objective of k-means for each image
 * and the mean loss of training.
 */
export const epochWork = (spec: EpochSpec, threads: number): PeerWork =>
  Effect.gen(function* () {
    const network = networks[spec.network];
    const images = setOf(spec, yield* readBytes(spec.images));
    const tensors = yield* readTensors(spec.tensors);
    const configuration = yield* parseConfiguration({
      images: "shared",
      model: spec.network,
      size: spec.size,
      sobel: true,
      dropout: 0,
      clusters: spec.clusters,
      pca: spec.pca,
      batch: spec.batch,
      learningRate: 0.05,
      cropScale: [0.3, 1],
      threads,
      seed,
    }, "the epoch");
    const run = Effect.gen(function* () {
      const points = yield* reduced(spec, images, tensors);
      const clusters = { k: spec.clusters, iterations: 20, seed };
      const { labels, loss } = yield* kmeans(points, clusters);
      const { lossSum, step } = yield* trainEpoch(
        { network, configuration, epoch: 1, images, labels },
        startOfEpoch(network, configuration, 1, tensors),
      );
      return [loss / images.size, lossSum / step];
    });
    return { checked: [], run };
  });

/** Decoded images in memory, as the cache of a run keeps them. */
const setOf = ({ n, side }: EpochSpec, bytes: Uint8Array): ImageSet =>
  imageSet({
    name: "shared",
    ids: Array.from({ length: n }, (_, i) => String(i)),
    payload: (i) => ({
      kind: "pixels",
      width: side,
      height: side,
      channels: 3,
      data: bytes.subarray(i * side * side * 3, (i + 1) * side * side * 3),
    }),
  });

const reduced = Effect.fnUntraced(
  function* (
    spec: EpochSpec,
    images: ImageSet,
    tensors: Effect.Success<ReturnType<typeof readTensors>>,
  ) {
    const network = networks[spec.network];
    const path = `${spec.images}.features`;
    yield* removeFeatureFile(path);
    const file = yield* openFeatureFile(path, network.featureSize);
    const crop = clusteringTransform({ crop: spec.size });
    yield* extract(network, tensors, passOver(images, crop, 128), file);
    const rows = yield* file.rows;
    const whitening = yield* whiten(rows, { components: spec.pca, seed });
    return yield* reduce(rows, whitening);
  },
  Effect.scoped,
);
