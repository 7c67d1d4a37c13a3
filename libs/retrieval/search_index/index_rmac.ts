/**
 * R-MAC of an index: its PCA is learned on the images of the first call, since
 * users' folders come without the other data set of the paper, and kept.
 *
 * Paper: section 5.3 (PCA of the other of Oxford and Paris).
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import { decode, type ImageSet } from "@deepcluster/data";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  folderStore,
  kindOf,
  type LoadTensorsError,
  type SaveTensorsError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { join } from "node:path";
import { type LearnPcaError, learnRmacPca } from "../rmac/learn_pca.ts";
import { loadRmacPca, saveRmacPca } from "../rmac/rmac_pca.ts";
import type { IndexSource } from "./index_candidates.ts";
import {
  type MakeDescriptorError,
  makeIndexDescriptor,
} from "./index_descriptor.ts";
import { OtherIndexSettingsError } from "./errors.ts";
import { indexFiles } from "./index_files.ts";
import type { IndexModel } from "./index_model.ts";
import {
  readIndexSettings,
  type ReadIndexSettingsError,
  type RmacSettings,
} from "./index_settings.ts";
import {
  type PrepareSettingsError,
  requireIndexFolder,
} from "./prepare_settings.ts";

/** Options of {@link prepareRmac}. */
export interface PrepareRmacOptions {
  /** Longer side, in pixels. Default: the index's own, else 1024. */
  readonly size?: number;
  /**
   * Dimensions of the PCA, 0 for none. Default: the index's own, else 512, or
   * as many as the network has channels.
   */
  readonly dimensions?: number;
}

/** What {@link prepareRmac} fails with. */
export type PrepareRmacError =
  | LearnPcaError
  | LoadTensorsError
  | MakeDescriptorError
  | PrepareSettingsError
  | ReadIndexSettingsError
  | SaveTensorsError;

/** Images that a PCA is learned on, at most. */
const sampleSize = 1000;

/**
 * Returns how R-MAC describes the images of an index; learns and saves the PCA
 * of a new one.
 *
 * @param folder The index folder.
 * @param model The model.
 * @param sources All images.
 * @param options See {@link PrepareRmacOptions}.
 * @returns The settings; or `OtherIndexSettingsError` when the index has a PCA
 * of other dimensions, `OptionError` when the images have no more regions than
 * dimensions, or the errors of the folder, the engine and the images.
 */
export const prepareRmac: (
  folder: string,
  model: IndexModel,
  sources: readonly IndexSource[],
  options?: PrepareRmacOptions,
) => Effect.Effect<RmacSettings, PrepareRmacError, Backend | Progress> = Effect
  .fn("prepareRmac")(function* (folder, model, sources, options = {}) {
    const { dimensions } = options;
    yield* requireIndexFolder(folder);
    const isNew =
      (yield* kindOf(join(folder, indexFiles.settings))) === "nothing";
    const known = isNew ? undefined : (yield* readIndexSettings(folder)).rmac;
    if (known !== undefined) {
      if (dimensions !== undefined) {
        yield* requireSameDimensions(folder, known, dimensions);
      }
      return { ...known, ...options.size && { size: options.size } };
    }
    const size = options.size ?? 1024;
    // An index of other vectors will be refused: it gets no PCA.
    if (dimensions === 0 || !isNew) return { size };
    const { descriptor } = yield* makeIndexDescriptor(folder, model, {
      rmac: { size },
    });
    if (!("regions" in descriptor)) return { size };
    const images = yield* readableSample(sources);
    const learned = yield* learnRmacPca(descriptor, images, {
      images: sampleSize,
      ...dimensions !== undefined && { dimensions },
    });
    const pca = yield* saveRmacPca(folderStore(folder), learned);
    return { size, pca, pcaImages: learned.images };
  }, Effect.scoped);

/** The PCA of an index is learned once; more than all channels means all. */
const requireSameDimensions = Effect.fnUntraced(function* (
  folder: string,
  { pca: reference }: RmacSettings,
  dimensions: number,
): Effect.fn.Return<void, LoadTensorsError | OtherIndexSettingsError> {
  const pca = reference && (yield* loadRmacPca(folderStore(folder), reference));
  const own = pca?.vectors.rows ?? 0;
  const now = Math.min(dimensions, pca?.mean.length ?? Infinity);
  if (now === own) return;
  return yield* new OtherIndexSettingsError({
    folder,
    fields: [`pca: ${own}, now ${dimensions}`],
  });
});

/** Images spread evenly over all sources that can be decoded. */
const readableSample = Effect.fnUntraced(function* (
  sources: readonly IndexSource[],
): Effect.fn.Return<ImageSet> {
  const all = sources.flatMap(({ source }) =>
    source.ids.map((id, index) => ({ id, source, index }))
  );
  const count = Math.min(sampleSize, all.length);
  const some = Array.from(
    { length: count },
    (_, i) => all[Math.floor(i * all.length / count)]!,
  );
  const decoded = ({ id, source, index }: typeof some[number]) =>
    decode(id, source.payload(index));
  const isReadable = yield* Effect.forEach(
    some,
    (one) => Effect.isSuccess(decoded(one)),
    { concurrency: 4 },
  );
  const readable = some.filter((_, i) => isReadable[i]);
  return {
    size: readable.length,
    id: (index) => readable[index]!.id,
    decoded: (index) => decoded(readable[index]!),
  };
});
