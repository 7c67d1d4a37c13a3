/**
 * One epoch of the demo by our code: features, PCA-whitening, k-means, training;
 * or its training alone.
 *
 * @module
 */
import { networks, seed } from "@deepcluster/benchmarks/workloads";
import { fitWhitening, kmeans, whitenRows } from "@deepcluster/clustering";
import {
  clusteringTransform,
  type ImageSet,
  imageSet,
} from "@deepcluster/data";
import { extract, imagePass } from "@deepcluster/features";
import { parseConfiguration } from "@deepcluster/runs";
import { openRowFile, removeRowFile } from "@deepcluster/storage";
import { startOfEpoch, trainEpoch } from "@deepcluster/training";
import { Effect } from "effect";
import { readBytes, readIntegers, readTensors } from "../shared_files.ts";
import type { EpochSpec } from "../specs.ts";
import type { OurWorkload } from "./workload.ts";

/**
 * One epoch of the demo.
 *
 * @param spec See {@link EpochSpec}.
 * @param threads Threads of the engine.
 * @returns The workload; its values are the objective of k-means per image, if
 * it clusters, and the mean training loss.
 */
export const epochWorkload = (spec: EpochSpec, threads: number): OurWorkload =>
  Effect.gen(function* () {
    const network = networks[spec.network];
    const images = imageSetOf(spec, yield* readBytes(spec.images));
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
    const train = Effect.fnUntraced(function* (pseudoLabels: Int32Array) {
      const { lossSum, step } = yield* trainEpoch(
        { network, configuration, epoch: 1, images, pseudoLabels },
        startOfEpoch(network, configuration, 1, tensors),
      );
      return lossSum / step;
    });
    if (spec.part === "training") {
      const pseudoLabels = yield* readIntegers(spec.pseudoLabels);
      const run = Effect.map(train(pseudoLabels), (loss) => () => [loss]);
      return { checked: [], run };
    }
    const run = Effect.gen(function* () {
      const points = yield* reduced(spec, images, tensors);
      const clusters = { k: spec.clusters, iterations: 20, seed };
      const { assignments, loss } = yield* kmeans(points, clusters);
      const trainingLoss = yield* train(assignments);
      return () => [loss / images.size, trainingLoss];
    });
    return { checked: [], run };
  });

/** Decoded images in memory, as in the cache of a run. */
const imageSetOf = (
  { n, imageSize }: EpochSpec,
  bytes: Uint8Array,
): ImageSet => {
  const imageBytes = imageSize * imageSize * 3;
  return imageSet({
    name: "shared",
    ids: Array.from({ length: n }, (_, i) => String(i)),
    payload: (i) => ({
      kind: "pixels",
      width: imageSize,
      height: imageSize,
      channels: 3,
      data: bytes.subarray(i * imageBytes, (i + 1) * imageBytes),
    }),
  });
};

const reduced = Effect.fnUntraced(
  function* (
    spec: EpochSpec,
    images: ImageSet,
    tensors: Effect.Success<ReturnType<typeof readTensors>>,
  ) {
    const network = networks[spec.network];
    const path = `${spec.images}.features`;
    yield* removeRowFile(path);
    const file = yield* openRowFile(path, network.featureSize);
    const crop = clusteringTransform({ crop: spec.size });
    yield* extract(network, tensors, imagePass(images, crop, 128), file);
    const rows = yield* file.rows;
    const whitening = yield* fitWhitening(rows, { components: spec.pca, seed });
    return yield* whitenRows(rows, whitening);
  },
  Effect.scoped,
);
