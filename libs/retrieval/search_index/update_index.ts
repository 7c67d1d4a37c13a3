/**
 * Brings an index up to date with its images: what `retrieve index` does.
 *
 * Images are looked at in the order of their sources, and rows and numbers are
 * given in that order, so that an update killed at any moment and called again
 * ends with the same bytes and rows as one never killed.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import type { OptionError, Progress } from "@deepcluster/core";
import type { OutputsError } from "@deepcluster/features";
import { workLock } from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { compactIndex } from "./compact_index.ts";
import { removeLeftOver } from "./remove_left_over.ts";
import { repairVectors } from "./repair_vectors.ts";
import type { Descriptor } from "../descriptors/descriptor.ts";
import type { NonFiniteVectorError } from "./errors.ts";
import { findCandidates, type IndexSource } from "./index_candidates.ts";
import {
  clusterVectors,
  type ClusterVectorsError,
  type IndexClusterOptions,
  requireSameClusters,
} from "./index_clusters.ts";
import type { IndexReadError } from "./index_database.ts";
import { indexFiles } from "./index_files.ts";
import { indexImages } from "./index_images.ts";
import type { IndexSettings } from "./index_settings.ts";
import { openIndexWriter } from "./index_writer.ts";
import {
  prepareSettings,
  type PrepareSettingsError,
  requireIndexFolder,
} from "./prepare_settings.ts";

/** What {@link updateIndex} needs. */
export interface UpdateIndexOptions extends IndexClusterOptions {
  /** The index folder, made when it does not exist. */
  readonly folder: string;
  /** What decides the vectors. */
  readonly settings: IndexSettings;
  /** Computes them. */
  readonly descriptor: Descriptor;
  /** All images that the index shall hold, in its order. */
  readonly sources: readonly IndexSource[];
  /** Whether vectors that no image has any more are removed. Default: false. */
  readonly compact?: boolean;
  /** Longest time whose work a kill may undo. Default: 5000. */
  readonly commitEveryMs?: number;
}

/** What an update did, in images. */
export interface IndexReport {
  /** Images in the index. */
  readonly images: number;
  /** Different vectors that they have. */
  readonly vectors: number;
  /** At paths that were not in the index. */
  readonly added: number;
  /** At paths whose content was another. */
  readonly changed: number;
  /** In the index, and no longer among the images. */
  readonly removed: number;
  /** In the index already. */
  readonly unchanged: number;
  /** Of those added and changed, how many had to be computed. */
  readonly computed: number;
  /** That cannot be indexed. */
  readonly skipped: number;
  /** Clusters of the index. */
  readonly clusters: number;
}

/** What {@link updateIndex} fails with. */
export type UpdateIndexError =
  | ClusterVectorsError
  | IndexReadError
  | NonFiniteVectorError
  | OptionError
  | OutputsError
  | PrepareSettingsError;

/**
 * Brings an index up to date with its images, or makes it.
 *
 * Only images whose content is not known are decoded and described. Another
 * process that writes the index is waited for; those that read it see it as it
 * was. Memory: two batches of decoded images, and all vectors once while
 * clusters are computed.
 *
 * @param options See {@link UpdateIndexOptions}.
 * @returns What was done; or `ForeignIndexFolderError` when the folder holds
 * something else, `OtherIndexSettingsError` when the index was made with other
 * settings, `NonFiniteVectorError`, `DamagedIndexError`, `StorageError`, or
 * the errors of engine and clustering.
 */
export const updateIndex: (
  options: UpdateIndexOptions,
) => Effect.Effect<IndexReport, UpdateIndexError, Assigner | Progress> = Effect
  .fn("updateIndex")(function* (options) {
    const { folder, settings, sources, commitEveryMs = 5000 } = options;
    yield* requireIndexFolder(folder);
    yield* workLock(join(folder, indexFiles.lock), "writes this index");
    yield* prepareSettings(folder, settings);
    const { columns } = settings;
    yield* repairVectors(folder, columns, sources, options.descriptor);
    const report = yield* Effect.scoped(bringUpToDate(options, commitEveryMs));
    if (options.compact === true) yield* compactIndex(folder, columns);
    return report;
  }, Effect.scoped);

const bringUpToDate = Effect.fnUntraced(function* (
  options: UpdateIndexOptions,
  commitEveryMs: number,
): Effect.fn.Return<
  IndexReport,
  UpdateIndexError,
  Assigner | Progress | Scope.Scope
> {
  const { folder, settings, sources } = options;
  const writer = yield* openIndexWriter(
    folder,
    settings.columns,
    commitEveryMs,
  );
  const images = sources.reduce(
    (sum, { source }) => sum + source.ids.length,
    0,
  );
  yield* requireSameClusters(writer, images, options);
  yield* removeLeftOver(folder, writer.state());
  const { run, connection } = writer.database;
  const { candidates, gone } = yield* findCandidates(connection, sources);
  if (candidates.length > 0 || gone.length > 0) {
    writer.setState({ complete: false });
  }
  const removed = yield* writer.remove(gone);
  const counts = yield* indexImages(writer, candidates, options.descriptor);
  yield* clusterVectors(writer, folder, options);
  if (!writer.state().complete) {
    writer.setState({ complete: true });
    yield* writer.commit;
  }
  const { images: indexed, clusters } = writer.state();
  const { skipped, vectors } = yield* run("read", totals);
  return {
    images: indexed,
    vectors,
    added: counts.added,
    changed: counts.changed,
    removed,
    unchanged: indexed - counts.added - counts.changed,
    computed: counts.computed,
    skipped,
    clusters: clusters?.k ?? 0,
  };
});

/**
 * Counts what an index holds.
 *
 * @param database A connection to `index.db`.
 * @returns Files that are skipped, and vectors that present images have.
 */
export const totals = (
  database: DatabaseSync,
): { readonly skipped: number; readonly vectors: number } => {
  const one = (query: string) => Number(database.prepare(query).get()!["n"]);
  return {
    skipped: one("SELECT count(*) AS n FROM images WHERE state = 'skipped'"),
    vectors: one(
      "SELECT count(DISTINCT vector) AS n FROM images WHERE state = 'indexed'",
    ),
  };
};
