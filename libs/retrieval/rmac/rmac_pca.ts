/**
 * PCA-whitening of the regions of R-MAC.
 *
 * Paper: section 5.3: learned on the regions of another dataset, 512
 * dimensions. With as many channels nothing is left out: it is a whitening,
 * and the floor under the eigenvalues keeps its tail in bounds.
 *
 * @module
 */
import { fitPca, type PcaError } from "@deepcluster/clustering";
import {
  floatTensor,
  type Matrix,
  matrix,
  OptionError,
  type RowReader,
} from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  type ArtifactRef,
  bytesOf,
  CorruptArtifactError,
  loadTensors,
  type LoadTensorsError,
  saveTensors,
  type SaveTensorsError,
  sha256Of,
  type Store,
} from "@deepcluster/storage";
import { Effect } from "effect";

/** Principal components of regions; plain data. */
export interface RmacPca {
  /** `[d]`, subtracted first. */
  readonly mean: Float32Array;
  /** `[c, d]`: each row an eigenvector. */
  readonly vectors: Matrix;
  /** `[c]` variances along them, descending, no floor applied. */
  readonly eigenvalues: Float32Array;
  /** Regions that it was learned on. */
  readonly regions: number;
}

/** Options of {@link fitRmacPca}. */
export interface RmacPcaOptions {
  /** Dimensions to keep, at most the channels. Default: 512, as in the paper. */
  readonly dimensions?: number;
}

/** Dimensions of a descriptor in the paper. */
const defaultDimensions = 512;

/** Smaller fractions of the first eigenvalue are raised to this one. */
const floor = 1e-5;

/**
 * Learns the PCA.
 *
 * @param regions L2-normalised region vectors `[n, d]`.
 * @param options See {@link RmacPcaOptions}.
 * @returns The PCA, or `OptionError` when there are no more regions than
 * dimensions, or the errors of `fitPca`, or the error of reading.
 */
export const fitRmacPca: <E = never>(
  regions: RowReader<E>,
  options?: RmacPcaOptions,
) => Effect.Effect<RmacPca, PcaError | E, Backend> = Effect.fn("fitRmacPca")(
  function* <E = never>(
    regions: RowReader<E>,
    { dimensions = defaultDimensions }: RmacPcaOptions = {},
  ): Effect.fn.Return<RmacPca, PcaError | E, Backend> {
    const kept = Math.min(dimensions, regions.columns);
    if (!(Number.isInteger(kept) && kept >= 1 && kept < regions.rows)) {
      return yield* new OptionError({
        action: "learn the PCA of R-MAC",
        option: "dimensions",
        rule: `from 1 to below the number of regions, ${regions.rows}: give ` +
          "more images or fewer dimensions",
        value: String(kept),
      });
    }
    const { mean, vectors, eigenvalues } = yield* fitPca(regions);
    const d = regions.columns;
    return {
      mean,
      vectors: matrix(kept, d, vectors.data.slice(0, kept * d)),
      eigenvalues: Float32Array.from(eigenvalues.subarray(0, kept)),
      regions: regions.rows,
    };
  },
);

/**
 * Makes the whitening of a PCA. The same factor for all dimensions is left
 * out: an L2 normalisation follows.
 *
 * @param pca The PCA.
 * @returns Whitens regions `[r, d]` to `[r, c]`, O(r d c).
 */
export const whiteningOf = (
  { mean, vectors, eigenvalues }: RmacPca,
): (regions: Matrix) => Matrix => {
  const [c, d] = [vectors.rows, vectors.columns];
  const least = floor * eigenvalues[0]!;
  const factors = Float64Array.from(
    eigenvalues,
    (value) => 1 / Math.sqrt(Math.max(value, least) || 1),
  );
  const centred = new Float64Array(d);
  return (regions) => {
    const whitened = matrix(regions.rows, c);
    for (let r = 0; r < regions.rows; r++) {
      for (let j = 0; j < d; j++) {
        centred[j] = regions.data[r * d + j]! - mean[j]!;
      }
      for (let i = 0, at = 0; i < c; i++) {
        let sum = 0;
        for (let j = 0; j < d; j++, at++) {
          sum += vectors.data[at]! * centred[j]!;
        }
        whitened.data[r * c + i] = sum * factors[i]!;
      }
    }
    return whitened;
  };
};

/**
 * Says which PCA it is, for settings and keys.
 *
 * @param pca The PCA.
 * @returns Its dimensions, the regions that it was learned on, and a digest.
 */
export const pcaIdentity = (
  { mean, vectors, eigenvalues, regions }: RmacPca,
): {
  readonly dimensions: number;
  readonly regions: number;
  readonly sha256: string;
} => ({
  dimensions: vectors.rows,
  regions,
  sha256: sha256Of(bytesOf(mean), bytesOf(vectors.data), bytesOf(eigenvalues)),
});

/** The file of a PCA in its store. */
const rmacPcaPath = "rmac.safetensors";

/**
 * Saves a PCA, checksummed.
 *
 * @param store Where to.
 * @param pca The PCA.
 * @returns The reference of {@link rmacPcaPath}, or the errors of saving.
 */
export const saveRmacPca = (
  store: Store,
  { mean, vectors, eigenvalues, regions }: RmacPca,
): Effect.Effect<ArtifactRef, SaveTensorsError> =>
  saveTensors(store, rmacPcaPath, {
    mean: floatTensor([mean.length], mean),
    vectors: floatTensor([vectors.rows, vectors.columns], vectors.data),
    eigenvalues: floatTensor([eigenvalues.length], eigenvalues),
  }, { regions: String(regions) });

/**
 * Loads a PCA.
 *
 * @param store Where from.
 * @param reference From {@link saveRmacPca}.
 * @returns The PCA, or `CorruptArtifactError` when the file is not what was
 * saved, or the errors of loading.
 */
export const loadRmacPca: (
  store: Store,
  reference: ArtifactRef,
) => Effect.Effect<RmacPca, LoadTensorsError> = Effect.fn("loadRmacPca")(
  function* (store, reference) {
    const { tensors, metadata } = yield* loadTensors(store, reference);
    const { mean, vectors, eigenvalues } = tensors;
    const regions = Number(metadata["regions"]);
    if (
      mean?.dtype !== "float32" || vectors?.dtype !== "float32" ||
      eigenvalues?.dtype !== "float32" || !Number.isInteger(regions)
    ) {
      return yield* new CorruptArtifactError({
        path: store.pathOf(reference),
        expected: "mean, vectors, eigenvalues and regions of a PCA",
        found: Object.keys(tensors).join(", "),
      });
    }
    const [c, d] = vectors.shape as [number, number];
    return {
      mean: mean.data,
      vectors: matrix(c, d, vectors.data),
      eigenvalues: eigenvalues.data,
      regions,
    };
  },
);
