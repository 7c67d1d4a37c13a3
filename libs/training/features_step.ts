/**
 * The features of one epoch: a pass over all images, reduced by PCA.
 *
 * Paper: section 3.2 (features before the last ReLU, of centre crops) and
 * section 3.4 (PCA to 256 dimensions, whitening, L2-normalisation). The raw
 * features are spilled to the run folder: 21 GB on ImageNet.
 *
 * @module
 */
import { fitWhitening, whitenRows } from "@deepcluster/clustering";
import {
  floatTensor,
  type Matrix,
  Progress,
  type RowReader,
} from "@deepcluster/core";
import { clusteringTransform } from "@deepcluster/data";
import { extract, imagePass } from "@deepcluster/features";
import { inEpoch, RunFolder } from "@deepcluster/runs";
import {
  type ArtifactRef,
  CheckpointStore,
  loadTensors,
  makeFolder,
  openRowFile,
  removeRowFile,
  saveTensors,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { dirname, join } from "node:path";
import { Run } from "./run.ts";

/**
 * Computes the features of an epoch, reduces and saves them.
 *
 * Started again after a kill, the pass over the images resumes where its file
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
  const { configuration, images, network } = yield* Run;
  const { tensors } = yield* loadTensors(yield* CheckpointStore, weights);
  const path = yield* spillPath(epoch);
  yield* makeFolder(dirname(path));
  const file = yield* openRowFile(path, network.featureSize);
  const transform = clusteringTransform({ crop: network.input.size });
  const pass = imagePass(images, transform, configuration.extractBatch);
  yield* extract(network, tensors, pass, file, { epoch });
  return yield* reduceAndSave(epoch, yield* file.rows);
}, Effect.scoped);

/** Whitens the features; what did it is saved with them, for new images. */
const reduceAndSave = Effect.fnUntraced(function* <E>(
  epoch: number,
  rows: RowReader<E>,
) {
  const { pca, seed } = (yield* Run).configuration;
  const progress = yield* Progress;
  const reportDone = (done: number) => {
    const event = { phase: "reduce", epoch, done, unit: "images" };
    return progress.report({ ...event, total: rows.rows });
  };
  yield* reportDone(0);
  const whitening = yield* fitWhitening(rows, { components: pca, seed });
  const reduced = yield* whitenRows(rows, whitening);
  yield* reportDone(rows.rows);
  const { mean, projection, eigenvalues, explainedFraction } = whitening;
  const asTensor = ({ rows, columns, data }: Matrix) =>
    floatTensor([rows, columns], data);
  return yield* saveTensors(
    yield* CheckpointStore,
    inEpoch("features", epoch, "-reduced.safetensors"),
    {
      features: asTensor(reduced),
      mean: floatTensor([mean.length], mean),
      projection: asTensor(projection),
      eigenvalues: floatTensor(
        [eigenvalues.length],
        Float32Array.from(eigenvalues),
      ),
    },
    { explained: String(explainedFraction) },
  );
});

/**
 * Removes the raw features of an epoch, once they are reduced.
 *
 * @param epoch From 1.
 * @returns Nothing, or `StorageError`.
 */
export const removeSpilled = Effect.fnUntraced(function* (epoch: number) {
  yield* removeRowFile(yield* spillPath(epoch));
});

/**
 * Names the file that the raw features of an epoch are spilled to.
 *
 * @param epoch From 1.
 * @returns Its path on this machine.
 */
export const spillPath = (
  epoch: number,
): Effect.Effect<string, never, RunFolder> =>
  Effect.map(
    RunFolder,
    ({ path }) => join(path, inEpoch("features", epoch, ".f32")),
  );
