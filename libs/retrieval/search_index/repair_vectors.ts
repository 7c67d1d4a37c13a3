/**
 * Blocks of vectors that are not what was written, computed again.
 *
 * @module
 */
import { row as rowOf } from "@deepcluster/core";
import { decode } from "@deepcluster/data";
import type { OutputsError } from "@deepcluster/features";
import {
  bytesOf,
  openForWriting,
  sha256Of,
  writeAll,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { join } from "node:path";
import type { Descriptor } from "../descriptors/descriptor.ts";
import { NonFiniteVectorError } from "./errors.ts";
import type { IndexSource } from "./index_candidates.ts";
import {
  countIndexed,
  type IndexReadError,
  indexStateOf,
  openIndexDatabase,
  putIndexState,
} from "./index_database.ts";
import { vectorsName } from "./index_files.ts";
import { contentOf } from "./look_ahead.ts";
import { readVectors, recordedBlocks, rowsOfBlock } from "./vector_file.ts";

/**
 * Computes damaged blocks again, from images that hold what they held. A row
 * for which there is none becomes zeros, and its images are forgotten: those
 * that are there are then indexed like new ones.
 *
 * @param folder The index folder, whose lock the caller holds.
 * @param columns Values of a vector.
 * @param sources All images.
 * @param descriptor Computes vectors.
 * @returns Number of blocks, or the errors of reading, writing and describing.
 */
export const repairVectors: (
  folder: string,
  columns: number,
  sources: readonly IndexSource[],
  descriptor: Descriptor,
) => Effect.Effect<
  number,
  IndexReadError | OutputsError | NonFiniteVectorError
> = Effect.fn(
  "repairVectors",
)(function* (folder, columns, sources, descriptor) {
  const { run } = yield* openIndexDatabase(folder, "write");
  const { generation, blocks } = yield* run("read", (database) => ({
    generation: indexStateOf(database).generation,
    blocks: recordedBlocks(database),
  }));
  if (blocks.length === 0) return 0;
  const path = join(folder, vectorsName(generation));
  // Made when it is missing: then every block is damaged.
  const handle = yield* openForWriting(path);
  const reader = yield* readVectors(path, columns, blocks);
  const damaged = yield* reader.damagedBlocks;
  if (damaged.length === 0) return 0;
  yield* Effect.logWarning(
    `Computes ${damaged.length} damaged blocks of ${path} again: ` +
      damaged.join(", "),
  );
  const describe = yield* describerOf(sources, descriptor);
  for (const block of damaged) {
    const { rows } = blocks[block]!;
    const first = block * rowsOfBlock(columns);
    const values = new Float32Array(rows * columns);
    const lost: number[] = [];
    for (let row = first; row < first + rows; row++) {
      const images = yield* run("read", (database) =>
        database.prepare(
          "SELECT root, path, sha256 FROM images WHERE vector = ? ORDER BY id",
        ).all(row));
      const vector = yield* describe(images as unknown as readonly Stored[]);
      if (vector === undefined) lost.push(row);
      else values.set(vector, (row - first) * columns);
    }
    const bytes = bytesOf(values);
    yield* writeAll(path, handle, bytes, first * columns * 4);
    yield* run("write", (database) => {
      database.exec("BEGIN IMMEDIATE");
      for (const row of lost) {
        database.prepare(
          "UPDATE images SET vector = NULL, stamp = NULL, state = 'removed' " +
            "WHERE vector = ?",
        ).run(row);
        database.prepare("UPDATE vectors SET hash = '' WHERE row = ?").run(row);
      }
      if (lost.length > 0) {
        putIndexState(database, {
          ...indexStateOf(database),
          images: countIndexed(database),
          complete: false,
        });
      }
      database.prepare("UPDATE blocks SET sha256 = ? WHERE block = ?")
        .run(sha256Of(bytes), block);
      database.exec("COMMIT");
    });
  }
  return damaged.length;
}, Effect.scoped);

/** An image that has a row. */
interface Stored {
  readonly root: string;
  readonly path: string;
  readonly sha256: string;
}

/** Describes the first of some images that holds what it held. */
const describerOf = Effect.fnUntraced(function* (
  sources: readonly IndexSource[],
  descriptor: Descriptor,
) {
  const indices = new Map(
    sources.map(({ root, source }) => [
      root,
      { source, indices: new Map(source.ids.map((id, index) => [id, index])) },
    ]),
  );
  return yield* Effect.succeed(Effect.fnUntraced(function* (
    images: readonly Stored[],
  ): Effect.fn.Return<
    Float32Array | undefined,
    OutputsError | NonFiniteVectorError
  > {
    for (const { root, path, sha256 } of images) {
      const found = indices.get(root);
      const index = found?.indices.get(path);
      if (index === undefined) continue;
      const payload = found!.source.payload(index);
      const read = yield* Effect.option(contentOf(path, payload));
      if (read._tag === "None" || read.value.sha256 !== sha256) continue;
      const image = yield* Effect.option(
        decode(path, read.value.content, descriptor.decodeOptions),
      );
      if (image._tag === "None") continue;
      const { vectors } = yield* descriptor.describe([image.value]).pipe(
        Effect.catchTag(
          "DivergedFeaturesError",
          ({ column, value }) =>
            new NonFiniteVectorError({
              image: `${path} of ${root}`,
              column,
              value,
            }),
        ),
      );
      return rowOf(vectors, 0);
    }
    return undefined;
  }));
});
