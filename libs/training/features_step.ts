/**
 * The features of one epoch: a pass over all images, reduced by PCA.
 *
 * Paper: section 3.2 (features before the last ReLU, of centre crops) and
 * section 3.4 (PCA to 256 dimensions, whitening, L2-normalisation). The raw
 * features are spilled to the run folder: 21 GB on ImageNet.
 *
 * @module
 */
import {
  type ArtifactRef,
  CheckpointStore,
  loadTensors,
  makeFolder,
  saveTensors,
} from "@deepcluster/checkpoint";
import { reduce, whiten } from "@deepcluster/clustering";
import { floatTensor } from "@deepcluster/core";
import { clusteringTransform } from "@deepcluster/data";
import {
  extract,
  openFeatureFile,
  passOver,
  removeFeatureFile,
} from "@deepcluster/features";
import { Effect } from "effect";
import { dirname, join } from "node:path";
import { inEpoch } from "./paths.ts";
import { Run } from "./run.ts";

/**
 * Computes the features of an epoch, reduces and saves them.
 *
 * Started again after a kill, the pass over the images goes on where its file
 * ends; the reduction is computed anew.
 *
 * @param epoch From 1.
 * @param weights Checkpoint of the epoch before.
 * @returns The reduced features `[n, c]` with the whitening that made them,
 * or the errors of the pass, of the reduction and of the run folder.
 */
export const featuresStep = Effect.fn("featuresStep")(function* (
  epoch: number,
  weights: ArtifactRef,
) {
  const { configuration, folder, images, network } = yield* Run;
  const store = yield* CheckpointStore;
  const { tensors } = yield* loadTensors(store, weights);
  const path = spillPath(folder, epoch);
  yield* makeFolder(dirname(path));
  const file = yield* openFeatureFile(path, network.featureSize);
  const transform = clusteringTransform({ crop: network.input.size });
  const pass = passOver(images, transform, configuration.extractBatch);
  yield* extract(network, tensors, pass, file, { epoch });

  const rows = yield* file.rows;
  const { pca, seed } = configuration;
  const whitening = yield* whiten(rows, { components: pca, seed });
  const reduced = yield* reduce(rows, whitening);
  const { mean, projection, eigenvalues, explained } = whitening;
  return yield* saveTensors(
    store,
    inEpoch("features", epoch, "-reduced.safetensors"),
    {
      features: floatTensor([reduced.rows, reduced.columns], reduced.data),
      mean: floatTensor([mean.length], mean),
      projection: floatTensor(
        [projection.rows, projection.columns],
        projection.data,
      ),
      eigenvalues: floatTensor(
        [eigenvalues.length],
        Float32Array.from(eigenvalues),
      ),
    },
    { explained: String(explained) },
  );
}, Effect.scoped);

/**
 * Removes the raw features of an epoch, once they are reduced.
 *
 * @param epoch From 1.
 * @returns Nothing, or `FeatureFileError`.
 */
export const removeSpilled = Effect.fnUntraced(function* (epoch: number) {
  const { folder } = yield* Run;
  yield* removeFeatureFile(spillPath(folder, epoch));
});

const spillPath = (folder: string, epoch: number): string =>
  join(folder, inEpoch("features", epoch, ".f32"));
