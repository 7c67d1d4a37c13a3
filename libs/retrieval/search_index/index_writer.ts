/**
 * Changes of an index: rows appended, images added and removed, committed
 * together.
 *
 * @module
 */
import { Clock, Effect, type Scope } from "effect";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { keepIndexArrays } from "./index_arrays.ts";
import type { Candidate } from "./index_candidates.ts";
import {
  countIndexed,
  type IndexDatabase,
  type IndexReadError,
  type IndexState,
  indexStateOf,
  openIndexDatabase,
  putIndexState,
  requireIntactDatabase,
} from "./index_database.ts";
import { vectorsName } from "./index_files.ts";
import { bytesOf, sha256Of } from "@deepcluster/storage";
import {
  type ChangedBlock,
  recordedBlocks,
  writeVectors,
} from "./vector_file.ts";

/** A vector, and its cluster where the model tells it. */
export interface NewVector {
  /** `[d]`, finite, of length 1. */
  readonly values: Float32Array;
  /** Its cluster. */
  readonly cluster?: number;
  /** Its Euclidean distance to the centroid. */
  readonly distance?: number;
}

/** What is written of an image. */
export interface NewImage {
  /** Where it comes from. */
  readonly candidate: Candidate;
  /** SHA-256 of its bytes; empty when they cannot be read. */
  readonly sha256: string;
  /** Size and SHA-256 of its pixels; empty when it has none. */
  readonly pixels: string;
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** Its row; absent when it is skipped. */
  readonly vector?: number;
  /** Why it is skipped. */
  readonly reason?: string;
  /** Its number. Default: the next one. */
  readonly id?: number;
}

/** Content that an index knows. */
export interface KnownContent {
  /** Size and SHA-256 of its pixels. */
  readonly pixels: string;
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** Row of its vector. */
  readonly vector: number;
}

/** An index that is being written. What it changes counts from a commit on. */
export interface IndexWriter {
  /** Values of a vector. */
  readonly columns: number;
  /** The database. */
  readonly database: IndexDatabase;
  /** The state, as it will be committed. */
  readonly state: () => IndexState;
  /** Changes the state. */
  readonly setState: (changes: Partial<IndexState>) => void;
  /** What is known of content with a digest, if it has a vector. */
  readonly content: (sha256: string) => KnownContent | undefined;
  /** The row of pixels, if there is one. */
  readonly rowOfPixels: (pixels: string) => number | undefined;
  /** Appends a vector, unless the index has it; returns its row. */
  readonly putVector: (
    vector: NewVector,
  ) => Effect.Effect<number, IndexReadError>;
  /** Adds an image in the place of what was at its path. */
  readonly putImage: (image: NewImage) => Effect.Effect<void, IndexReadError>;
  /** Notes that a file was read and holds what it held. */
  readonly touch: (candidate: Candidate) => Effect.Effect<void, IndexReadError>;
  /** Marks files as removed, by id; returns how many were indexed. */
  readonly remove: (
    ids: readonly number[],
  ) => Effect.Effect<number, IndexReadError>;
  /** Rows that have no cluster, ascending. */
  readonly rowsWithoutCluster: Effect.Effect<Int32Array, IndexReadError>;
  /** Takes away the cluster of every row. */
  readonly forgetClusters: Effect.Effect<void, IndexReadError>;
  /** Sets the clusters and distances of rows from one on. */
  readonly setClusters: (
    start: number,
    clusters: Int32Array,
    distances: Float32Array,
  ) => Effect.Effect<void, IndexReadError>;
  /** Makes everything so far survive a kill. */
  readonly commit: Effect.Effect<void, IndexReadError>;
  /** Commits if the last time is long enough ago. */
  readonly commitNowAndThen: Effect.Effect<void, IndexReadError>;
}

/**
 * Opens an index for writing while the scope lasts; interrupted or failed, it
 * commits what is there, unless it was writing that failed. The caller holds
 * the lock.
 *
 * @param folder The index folder.
 * @param columns Values of a vector.
 * @param commitEveryMs Longest time whose work a kill may undo.
 * @returns The writer, or `DamagedIndexError`, or `StorageError`.
 */
export const openIndexWriter: (
  folder: string,
  columns: number,
  commitEveryMs: number,
) => Effect.Effect<IndexWriter, IndexReadError, Scope.Scope> = Effect
  .fnUntraced(function* (folder, columns, commitEveryMs) {
    const database = yield* openIndexDatabase(folder, "write");
    yield* requireIntactDatabase(database);
    const { run } = database;
    const opened = yield* run("read", (connection) => ({
      state: indexStateOf(connection),
      images: countIndexed(connection),
      blocks: recordedBlocks(connection),
      statements: prepareStatements(connection),
    }));
    const { statements, images } = opened;
    // A version before 0.9 could leave another count behind on a full disk.
    let state: IndexState = { ...opened.state, images };
    const vectors = yield* writeVectors(
      join(folder, vectorsName(state.generation)),
      columns,
      opened.blocks,
    );
    yield* run("write", (connection) => connection.exec("BEGIN IMMEDIATE"));
    let committedMs = yield* Clock.currentTimeMillis;
    // SQLite may have rolled back what it was told before, as on a full disk:
    // no later commit could tell what is missing.
    let isBroken = false;
    const writing = <A>(effect: Effect.Effect<A, IndexReadError>) =>
      Effect.tapError(effect, () =>
        Effect.sync(() => {
          isBroken = true;
        }));
    const write = <A>(work: (connection: DatabaseSync) => A) =>
      writing(run("write", work));
    const commit = Effect.uninterruptible(writing(Effect.gen(function* () {
      const changed = yield* vectors.sync;
      yield* run("write", (connection) => {
        putBlocks(connection, changed);
        state = { ...state, rows: vectors.rows() };
        if (state.complete) keepIndexArrays(connection);
        putIndexState(connection, state);
        connection.exec("COMMIT; BEGIN IMMEDIATE");
      });
      committedMs = yield* Clock.currentTimeMillis;
    })));
    yield* Effect.addFinalizer((exit) =>
      exit._tag === "Failure" && !isBroken ? Effect.ignore(commit) : Effect.void
    );
    return {
      columns,
      database,
      state: () => state,
      setState: (changes) => state = { ...state, ...changes },
      content: statements.content,
      rowOfPixels: statements.rowOfPixels,
      putVector: Effect.fnUntraced(function* ({ values, cluster, distance }) {
        const hash = sha256Of(bytesOf(values));
        const known = yield* run("read", () => statements.rowOfHash(hash));
        if (known !== undefined) return known;
        const row = vectors.rows();
        yield* writing(vectors.append(values));
        yield* write(() =>
          statements.vector(row, hash, cluster ?? -1, distance ?? 0)
        );
        return row;
      }),
      putImage: (image) =>
        write(() => {
          const { known } = image.candidate;
          if (known !== undefined) {
            statements.remove(known.id);
            if (known.reason === undefined) count(-1);
          }
          statements.image(image);
          if (image.reason === undefined) count(1);
        }),
      touch: (candidate) => write(() => statements.touch(candidate)),
      remove: (ids) =>
        write(() => {
          const before = state.images;
          for (const id of ids) {
            if (statements.isIndexed(id)) count(-1);
            statements.remove(id);
          }
          return before - state.images;
        }),
      rowsWithoutCluster: run("read", (connection) =>
        Int32Array.from(
          connection.prepare(
            "SELECT row FROM vectors WHERE cluster = -1 ORDER BY row",
          ).all(),
          ({ row }) => Number(row),
        )),
      forgetClusters: write((connection) =>
        connection.exec("UPDATE vectors SET cluster = -1, distance = 0")
      ),
      setClusters: (start, clusters, distances) =>
        write(() =>
          clusters.forEach((cluster, i) =>
            statements.cluster(cluster, distances[i]!, start + i)
          )
        ),
      commit,
      commitNowAndThen: Effect.gen(function* () {
        const nowMs = yield* Clock.currentTimeMillis;
        if (nowMs - committedMs >= commitEveryMs) yield* commit;
      }),
    } satisfies IndexWriter;

    function count(more: number) {
      state = { ...state, images: state.images + more };
    }
  });

/**
 * Records blocks, in the transaction that is open.
 *
 * @param connection A connection to `index.db`.
 * @param blocks What has changed.
 */
export const putBlocks = (
  connection: DatabaseSync,
  blocks: readonly ChangedBlock[],
): void => {
  const put = connection.prepare(
    "INSERT OR REPLACE INTO blocks (block, rows, sha256) VALUES (?, ?, ?)",
  );
  for (const { block, rows, sha256 } of blocks) put.run(block, rows, sha256);
};

const prepareStatements = (database: DatabaseSync) => {
  const content = database.prepare(
    "SELECT pixels, width, height, vector FROM images " +
      "WHERE sha256 = ? AND vector IS NOT NULL ORDER BY id LIMIT 1",
  );
  const pixels = database.prepare(
    "SELECT vector FROM images " +
      "WHERE pixels = ? AND vector IS NOT NULL ORDER BY id LIMIT 1",
  );
  const hash = database.prepare(
    "SELECT row FROM vectors WHERE hash = ? ORDER BY row LIMIT 1",
  );
  const vector = database.prepare(
    "INSERT INTO vectors (row, hash, cluster, distance) VALUES (?, ?, ?, ?)",
  );
  const image = database.prepare(
    "INSERT INTO images (id, root, path, file, size, modified, stamp, " +
      "sha256, pixels, width, height, state, reason, vector) " +
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const setCluster = database.prepare(
    "UPDATE vectors SET cluster = ?, distance = ? WHERE row = ?",
  );
  const touch = database.prepare(
    "UPDATE images SET size = ?, modified = ?, stamp = ? WHERE id = ?",
  );
  const remove = database.prepare(
    "UPDATE images SET state = 'removed', stamp = NULL WHERE id = ?",
  );
  const stateOf = database.prepare("SELECT state FROM images WHERE id = ?");
  return {
    content: (sha256: string): KnownContent | undefined =>
      content.get(sha256) as KnownContent | undefined,
    rowOfPixels: (text: string): number | undefined =>
      pixels.get(text)?.["vector"] as number | undefined,
    rowOfHash: (text: string): number | undefined =>
      hash.get(text)?.["row"] as number | undefined,
    vector: (row: number, hash: string, cluster: number, distance: number) =>
      vector.run(row, hash, cluster, distance),
    image: (one: NewImage) => {
      const { root, path, payload, stamp, settled } = one.candidate;
      image.run(
        one.id ?? null,
        root,
        path,
        payload.kind === "file" ? payload.path : null,
        Math.max(0, stamp.size),
        modifiedMs(one.candidate),
        settled ?? null,
        one.sha256,
        one.pixels,
        one.width,
        one.height,
        one.reason === undefined ? "indexed" : "skipped",
        one.reason ?? null,
        one.vector ?? null,
      );
    },
    touch: (candidate: Candidate) =>
      touch.run(
        Math.max(0, candidate.stamp.size),
        modifiedMs(candidate),
        candidate.settled ?? null,
        candidate.known!.id,
      ),
    cluster: (cluster: number, distance: number, row: number) =>
      setCluster.run(cluster, distance, row),
    remove: (id: number) => remove.run(id),
    isIndexed: (id: number) => stateOf.get(id)?.["state"] === "indexed",
  };
};

const modifiedMs = ({ stamp }: Candidate): number =>
  Number(stamp.modifiedNs / 1000n) / 1000;
