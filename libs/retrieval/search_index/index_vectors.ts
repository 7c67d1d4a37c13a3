/**
 * An index of given vectors, without looking at images.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import { OptionError, Progress, row, type RowReader } from "@deepcluster/core";
import { bytesOf, sha256Of, workLock } from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import { join, resolve } from "node:path";
import { normaliseRows } from "../descriptors/normalise_rows.ts";
import { DamagedIndexError, indexAgain } from "./errors.ts";
import {
  clusterVectors,
  type ClusterVectorsError,
  type IndexClusterOptions,
  requireSameClusters,
} from "./index_clusters.ts";
import type { IndexReadError } from "./index_database.ts";
import { indexFiles } from "./index_files.ts";
import { openIndexWriter } from "./index_writer.ts";
import {
  prepareSettings,
  type PrepareSettingsError,
  requireIndexFolder,
} from "./prepare_settings.ts";
import { type IndexReport, totals } from "./update_index.ts";

/** What {@link indexVectors} needs. */
export interface IndexVectorsOptions<E> extends IndexClusterOptions {
  /** The index folder, made when it does not exist. */
  readonly folder: string;
  /** `[n, d]`, finite; they are brought to length 1. */
  readonly rows: RowReader<E>;
  /** Absolute path of the file that they come from. */
  readonly root: string;
  /** Name of each row. Default: its number. */
  readonly names?: readonly string[];
  /** Folder of the images that the names are paths of. Default: there is none. */
  readonly images?: string;
}

/** What {@link indexVectors} fails with, besides the error of reading rows. */
export type IndexVectorsError =
  | ClusterVectorsError
  | IndexReadError
  | OptionError
  | PrepareSettingsError;

/** Rows that are read and committed together. */
const rowsAtATime = 4096;

/**
 * Makes an index of vectors, or adds those that came behind its own. The
 * number of an image is that of its row; equal vectors are indexed once.
 *
 * @param options See {@link IndexVectorsOptions}.
 * @returns What was done; or `OptionError` when the rows that the index has
 * are not the first ones, or the errors of reading, writing and clustering.
 */
export const indexVectors: <E>(
  options: IndexVectorsOptions<E>,
) => Effect.Effect<IndexReport, IndexVectorsError | E, Assigner | Progress> =
  Effect.fn("indexVectors")(function* <E>(
    options: IndexVectorsOptions<E>,
  ): Effect.fn.Return<
    IndexReport,
    IndexVectorsError | E,
    Assigner | Progress | Scope.Scope
  > {
    const { folder, rows, root, names, images } = options;
    const { columns } = rows;
    yield* requireIndexFolder(folder);
    yield* workLock(join(folder, indexFiles.lock), "writes this index");
    const descriptor = { vectors: "given" };
    yield* prepareSettings(folder, { columns, descriptor });
    const writer = yield* advised(openIndexWriter(folder, columns, 5000));
    yield* requireSameClusters(writer, rows.rows, options);
    const { run } = writer.database;
    const known = yield* run(
      "read",
      (database) =>
        database.prepare("SELECT sha256 FROM images ORDER BY id").all()
          .map(({ sha256 }) => String(sha256)),
    );
    const refuse = (value: string) =>
      new OptionError({
        action: "update an index of given vectors",
        option: "vectors",
        rule: "those that the index has, with further ones behind them",
        value,
      });
    if (rows.rows < known.length) {
      return yield* refuse(`${rows.rows} rows, the index has ${known.length}`);
    }
    const { report } = yield* Progress;
    const total = rows.rows;
    for (let start = 0; start < total; start += rowsAtATime) {
      yield* report({ phase: "index", unit: "rows", done: start, total });
      const count = Math.min(rowsAtATime, total - start);
      const read = yield* rows.read(start, count);
      const block = normaliseRows({ ...read, data: read.data.slice() });
      for (let i = 0; i < count; i++) {
        const id = start + i;
        const values = row(block, i);
        const sha256 = sha256Of(bytesOf(row(read, i)));
        if (id < known.length) {
          if (known[id] === sha256) continue;
          return yield* refuse(`row ${id} is another one`);
        }
        writer.setState({ complete: false });
        const path = names?.[id] ?? String(id);
        yield* writer.putImage({
          id,
          candidate: {
            root: images ?? root,
            path,
            payload: images === undefined
              ? { kind: "encoded", bytes: new Uint8Array() }
              : { kind: "file", path: resolve(images, path) },
            stamp: { size: 0, modifiedNs: 0n, changedNs: 0n, inode: 0n },
          },
          sha256,
          pixels: "",
          width: 0,
          height: 0,
          vector: yield* writer.putVector({ values }),
        });
      }
      if (start + count > known.length) yield* writer.commit;
    }
    yield* report({ phase: "index", unit: "rows", done: total, total });
    yield* advised(clusterVectors(writer, folder, options));
    if (!writer.state().complete) {
      writer.setState({ complete: true });
      yield* writer.commit;
    }
    const added = total - known.length;
    const { vectors } = yield* run("read", totals);
    return {
      images: total,
      vectors,
      added,
      changed: 0,
      removed: 0,
      unchanged: known.length,
      computed: 0,
      skipped: 0,
      clusters: writer.state().clusters?.k ?? 0,
    };
  }, Effect.scoped);

/** Given vectors cannot be computed again. */
const advised = <A, E, R>(
  effect: Effect.Effect<A, E | DamagedIndexError, R>,
): Effect.Effect<A, E | DamagedIndexError, R> =>
  Effect.mapError(
    effect,
    (error) =>
      error instanceof DamagedIndexError
        ? new DamagedIndexError({ ...error, advice: indexAgain })
        : error,
  );
