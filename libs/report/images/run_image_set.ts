/**
 * Images of a run, to be shown to a network again: those that are still what
 * the run learned from.
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import {
  decodedShortSideFor,
  digestAt,
  type ImageSource,
  selected,
} from "@deepcluster/data";
import {
  imagesFor,
  type OpenEvaluationImagesError,
  openReadableImages,
} from "@deepcluster/evaluation";
import type { IdentifiedImages, LayeredModel } from "@deepcluster/features";
import { filesKnownToRun, type RunImageTables } from "@deepcluster/runs";
import { bytesOf, encoded, sha256Of } from "@deepcluster/storage";
import { Effect, type Scope } from "effect";

/** Images that a network can be shown. */
export interface RunImageSet extends IdentifiedImages {
  /** Rank of each among the run's images, `[size]`, ascending. */
  readonly indices: Int32Array;
  /** Images that were wanted, and are gone or are others by now. */
  readonly leftOut: number;
}

/** How {@link openRunImageSet} opens images. */
export interface RunImageSetOptions {
  /** The run's images: the tables in its folder. */
  readonly tables: Pick<RunImageTables, "ids" | "sha256s">;
  /** The images themselves, as `openImagesOf` opens them. */
  readonly source: ImageSource;
  /** Folder that keeps what is known of files: the `--cache` of `evaluate`. */
  readonly cache: string;
  /** Largest fraction of them that may be unreadable. */
  readonly maxUnreadableShare: number;
  /** The run folder, where it may know its files. Default: it is not asked. */
  readonly run?: string;
}

/** Opens images of a run; {@link openRunImageSet}, or {@link openOnce} of it. */
export type OpenRunImageSet = (
  model: Pick<LayeredModel, "encoder" | "size">,
  indices: Int32Array,
  options: RunImageSetOptions,
) => Effect.Effect<
  RunImageSet,
  OpenEvaluationImagesError,
  Progress | Scope.Scope
>;

/**
 * Returns a way to open images that opens the same ones once: the parts of a
 * report show them to the same network, and each opening asks the file system
 * for every file.
 *
 * @param run The run folder; see {@link RunImageSetOptions}.
 * @returns As {@link openRunImageSet}, for one run, source and scope.
 */
export const openOnce = (run?: string): OpenRunImageSet => {
  let last: { readonly key: string; readonly set: RunImageSet } | undefined;
  return Effect.fnUntraced(function* (model, indices, options) {
    const key = JSON.stringify(imagesFor(model)) + sha256Of(bytesOf(indices));
    if (last?.key === key) return last.set;
    const set = yield* openRunImageSet(model, indices, {
      ...options,
      ...run !== undefined && { run },
    });
    last = { key, set };
    return set;
  });
};

/**
 * Opens some images of a run.
 *
 * When all are there, features of them are those that `evaluate` keeps.
 *
 * @param model Who is to see them.
 * @param indices Their ranks among the run's images, ascending.
 * @param options See {@link RunImageSetOptions}.
 * @returns The images while the scope lasts; or the errors of
 * `openReadableImages`.
 */
export const openRunImageSet: OpenRunImageSet = Effect.fn("openRunImageSet")(
  function* (
    model,
    indices,
    { tables: { ids, sha256s }, source, cache, maxUnreadableShare, run },
  ) {
    const indexOf = new Map(
      Array.from(indices, (index) => [ids[index]!, index]),
    );
    const wanted = Int32Array.from(source.ids.keys())
      .filter((sourceIndex) => indexOf.has(source.ids[sourceIndex]!));
    const looks = imagesFor(model);
    const set = yield* openReadableImages(selected({ source }, wanted).source, {
      ...looks,
      folder: cache,
      maxUnreadableShare,
      ...run !== undefined && {
        known: yield* filesKnownToRun(
          run,
          source,
          looks.maxShortSide ?? decodedShortSideFor(model.size),
        ),
      },
    });
    const indexAt = (row: number) => indexOf.get(set.id(row))!;
    const rows = Int32Array.from({ length: set.size }, (_, row) => row)
      .filter((row) => {
        const sha256 = sha256s?.[indexAt(row)];
        return sha256 === undefined ||
          digestAt(set.digests, set.sourceIndices[row]!) === sha256;
      });
    return {
      size: rows.length,
      id: (i) => set.id(rows[i]!),
      decoded: (i) => set.decoded(rows[i]!),
      identity: rows.length === set.size
        ? set.identity
        : sha256Of(encoded(set.identity), bytesOf(rows)),
      indices: rows.map(indexAt),
      leftOut: indices.length - rows.length,
    };
  },
);
