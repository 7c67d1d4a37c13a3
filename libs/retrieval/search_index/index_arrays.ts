/**
 * What a search needs of all rows at once. A finished update keeps it in one
 * piece beside the tables that it is made of, so that it is read in no time.
 *
 * @module
 */
import { bytesOf } from "@deepcluster/storage";
import type { DatabaseSync } from "node:sqlite";
import type { IndexState } from "./index_database.ts";

/** Arrays over the rows of an index. */
export interface IndexArrays {
  /** Rows that some present image has, ascending. */
  readonly live: Int32Array;
  /** `[rows]` cluster of each row; -1 where there is none. */
  readonly clusters: Int32Array;
  /** `[rows]` Euclidean distance of each row to its centroid. */
  readonly distances: Float32Array;
}

/**
 * Reads the arrays of an index.
 *
 * @param database A connection.
 * @param state Of the index.
 * @param name Which array.
 * @returns The array, from the tables when the newest update was stopped.
 */
export const readIndexArray = <Name extends keyof IndexArrays>(
  database: DatabaseSync,
  { complete }: Pick<IndexState, "complete">,
  name: Name,
): IndexArrays[Name] => {
  const kept = complete
    ? database.prepare("SELECT value FROM arrays WHERE name = ?").get(name)
      ?.["value"] as Uint8Array | undefined
    : undefined;
  const isFloat = name === "distances";
  if (kept !== undefined) {
    const { buffer } = kept.slice();
    return (isFloat
      ? new Float32Array(buffer)
      : new Int32Array(buffer)) as IndexArrays[Name];
  }
  const text = database.prepare(queries[name]).get()!["list"];
  const values: readonly number[] = JSON.parse(String(text));
  return (isFloat
    ? Float32Array.from(values)
    : Int32Array.from(values)) as IndexArrays[Name];
};

const queries: Record<keyof IndexArrays, string> = {
  live:
    "SELECT json_group_array(vector) AS list FROM (SELECT DISTINCT vector " +
    "FROM images WHERE state = 'indexed' ORDER BY vector)",
  clusters: "SELECT json_group_array(cluster) AS list FROM " +
    "(SELECT cluster FROM vectors ORDER BY row)",
  distances: "SELECT json_group_array(distance) AS list FROM " +
    "(SELECT distance FROM vectors ORDER BY row)",
};

/**
 * Keeps the arrays of the tables as they are, in the transaction that is open.
 *
 * @param database A connection.
 */
export const keepIndexArrays = (database: DatabaseSync): void => {
  const put = database.prepare("INSERT OR REPLACE INTO arrays VALUES (?, ?)");
  const tables = { complete: false };
  for (const name of ["live", "clusters", "distances"] as const) {
    put.run(name, bytesOf(readIndexArray(database, tables, name)));
  }
};
