/**
 * The images of an index, as `index.db` has them.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";

/** An image of an index. */
export interface IndexedImage {
  /** Its number, which no other image ever gets. */
  readonly id: number;
  /** Absolute path of its folder, manifest or IDX file. */
  readonly root: string;
  /** Its name there: for a folder, its path relative to it. */
  readonly path: string;
  /** Absolute path of its file; absent for what lies in no file of its own. */
  readonly file?: string;
  /** Bytes that it is stored as. */
  readonly size: number;
  /** When its file was last written, in milliseconds since 1970; 0: unknown. */
  readonly modifiedMs: number;
  /** Of its bytes. */
  readonly sha256: string;
  /** SHA-256 of its decoded pixels; empty for given vectors. */
  readonly pixels: string;
  /** Pixels across; 0 for given vectors. */
  readonly width: number;
  /** Pixels down; 0 for given vectors. */
  readonly height: number;
  /** Row of its vector, which copies of it share. */
  readonly vector: number;
}

/** A file that is not indexed. */
export interface SkippedImage {
  /** Absolute path of its folder, manifest or IDX file. */
  readonly root: string;
  /** Its name there. */
  readonly path: string;
  /** A clause, such as `the file is empty`. */
  readonly reason: string;
}

/** Looks images up in a database. */
export interface ImageQueries {
  /** All present images, by id. */
  readonly all: () => readonly IndexedImage[];
  /** Present images, by id, from a rank on. */
  readonly page: (offset: number, limit: number) => readonly IndexedImage[];
  /** The present image with an id. */
  readonly image: (id: number) => IndexedImage | undefined;
  /** The present image with a name in a source. */
  readonly imageAt: (root: string, path: string) => IndexedImage | undefined;
  /** The present images that have a row, by id. */
  readonly imagesOf: (row: number) => readonly IndexedImage[];
  /** Files that are not indexed, by source and name. */
  readonly skipped: () => readonly SkippedImage[];
}

/**
 * Prepares the look-ups of images.
 *
 * @param database A connection to `index.db`.
 * @returns The look-ups; they throw where the database is damaged.
 */
export const imageQueries = (database: DatabaseSync): ImageQueries => {
  const select = (rest: string) =>
    database.prepare(
      "SELECT id, root, path, file, size, modified, sha256, pixels, width, " +
        `height, vector FROM images WHERE state = 'indexed' ${rest}`,
    );
  const page = select("ORDER BY id LIMIT ? OFFSET ?");
  const byId = select("AND id = ?");
  const byPath = select("AND root = ? AND path = ?");
  const byRow = select("AND vector = ? ORDER BY id");
  return {
    all: () => page.all(-1, 0).map(imageOf),
    page: (offset, limit) => page.all(limit, offset).map(imageOf),
    image: (id) => orNone(byId.get(id)),
    imageAt: (root, path) => orNone(byPath.get(root, path)),
    imagesOf: (row) => byRow.all(row).map(imageOf),
    skipped: () =>
      database.prepare(
        "SELECT root, path, reason FROM images WHERE state = 'skipped' " +
          "ORDER BY root, path",
      ).all() as unknown as readonly SkippedImage[],
  };
};

type Row = Readonly<Record<string, unknown>>;

const imageOf = (row: Row): IndexedImage => ({
  id: Number(row["id"]),
  root: String(row["root"]),
  path: String(row["path"]),
  ...row["file"] !== null && { file: String(row["file"]) },
  size: Number(row["size"]),
  modifiedMs: Number(row["modified"]),
  sha256: String(row["sha256"]),
  pixels: String(row["pixels"]),
  width: Number(row["width"]),
  height: Number(row["height"]),
  vector: Number(row["vector"]),
});

const orNone = (row: Row | undefined): IndexedImage | undefined =>
  row === undefined ? undefined : imageOf(row);
