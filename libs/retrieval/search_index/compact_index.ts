/**
 * Gives back the space of vectors that no image has any more.
 *
 * @module
 */
import { removeFile } from "@deepcluster/storage";
import { Effect } from "effect";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { keepIndexArrays } from "./index_arrays.ts";
import {
  type IndexReadError,
  indexStateOf,
  openIndexDatabase,
  putIndexState,
} from "./index_database.ts";
import { vectorsName } from "./index_files.ts";
import { putBlocks } from "./index_writer.ts";
import { readVectors, recordedBlocks, writeVectors } from "./vector_file.ts";

/**
 * Writes the vectors of present images to a new file and forgets the removed
 * images. Rows are numbered anew, in their order; images keep their numbers.
 *
 * Killed before its end, it leaves the index as it was. Those that have the
 * index open go on with the old file.
 *
 * @param folder The index folder, whose lock the caller holds.
 * @param columns Values of a vector.
 * @returns Nothing, or `DamagedIndexError`, or `StorageError`.
 */
export const compactIndex: (
  folder: string,
  columns: number,
) => Effect.Effect<void, IndexReadError> = Effect.fn("compactIndex")(
  function* (folder, columns) {
    const { run } = yield* openIndexDatabase(folder, "write");
    const { state, blocks, live } = yield* run("read", (database) => ({
      state: indexStateOf(database),
      blocks: recordedBlocks(database),
      live: database.prepare(
        "SELECT DISTINCT vector AS row FROM images WHERE state = 'indexed' " +
          "ORDER BY vector",
      ).all().map(({ row }) => Number(row)),
    }));
    if (live.length === state.rows) return;
    const generation = state.generation + 1;
    const before = join(folder, vectorsName(state.generation));
    const reader = yield* readVectors(before, columns, blocks);
    const after = join(folder, vectorsName(generation));
    const writer = yield* writeVectors(after, columns, []);
    for (const row of live) {
      yield* writer.append((yield* reader.read(row, 1)).data);
    }
    const changed = yield* writer.sync;
    yield* run("write", (database) => {
      database.exec("BEGIN IMMEDIATE");
      renumber(database, live);
      database.exec("DELETE FROM blocks");
      putBlocks(database, changed);
      putIndexState(database, { ...state, generation, rows: live.length });
      keepIndexArrays(database);
      database.exec("COMMIT; VACUUM");
    });
    yield* removeFile(before);
  },
  Effect.scoped,
);

/** Gives rows their ranks among the live ones, and forgets the others. */
const renumber = (database: DatabaseSync, live: readonly number[]): void => {
  database.exec(
    "CREATE TEMP TABLE kept (before INTEGER PRIMARY KEY, row INTEGER NOT NULL)",
  );
  const keep = database.prepare("INSERT INTO kept VALUES (?, ?)");
  live.forEach((before, row) => keep.run(before, row));
  database.exec(`
    DELETE FROM images WHERE state = 'removed';
    UPDATE images SET vector =
      (SELECT kept.row FROM kept WHERE before = vector) WHERE vector IS NOT NULL;
    CREATE TEMP TABLE moved AS SELECT kept.row AS row, hash, cluster, distance
      FROM vectors JOIN kept ON before = vectors.row;
    DELETE FROM vectors;
    INSERT INTO vectors SELECT row, hash, cluster, distance FROM moved ORDER BY row;
    DROP TABLE moved;
    DROP TABLE kept;
  `);
};
