/**
 * The clusters of an epoch without the names of the images.
 *
 * @module
 */
import { type CheckpointStore, TableError } from "@deepcluster/storage";
import { Effect } from "effect";
import {
  assignmentsPath,
  clusterRule,
  columns,
  type ReadAssignmentsError,
} from "./assignments.ts";

const blockBytes = 1 << 20;
const [tab, lineFeed, zero, nine] = [0x09, 0x0a, 0x30, 0x39] as const;

/**
 * Reads the clusters of an epoch and makes no text of the rest of the table: a
 * million rows take a fraction of a second and a few megabytes.
 *
 * @param store The run's store.
 * @param epoch Epoch, from 0.
 * @returns `[n]` clusters in the order of the table, which is that of the run's
 * images; or `TableError` when the table was tampered with, or `StorageError`.
 */
export const readAssignedClusters: (
  store: CheckpointStore["Service"],
  epoch: number,
) => Effect.Effect<Int32Array, ReadAssignmentsError> = Effect.fn(
  "readAssignedClusters",
)(function* (store, epoch) {
  const path = assignmentsPath(epoch);
  const header = new TextEncoder().encode(columns.join("\t") + "\n");
  const fail = (line: number, rule: string, found: string) =>
    new TableError({ path: store.pathOf(path), line, rule, found });
  const start = yield* store.read(path, { start: 0, bytes: header.length });
  if (header.some((byte, i) => byte !== start[i])) {
    return yield* fail(
      1,
      `the columns must be ${columns.join(", ")}`,
      "others",
    );
  }
  let clusters = new Int32Array(blockBytes >> 3);
  let count = 0;
  let rest = new Uint8Array();
  for (let offset = header.length, ended = false; !ended;) {
    const block = yield* store.read(path, { start: offset, bytes: blockBytes });
    offset += block.length;
    ended = block.length < blockBytes;
    const bytes = joined(rest, block);
    const end = bytes.lastIndexOf(lineFeed) + 1;
    for (let at = 0; at < end;) {
      const lineEnd = bytes.indexOf(lineFeed, at);
      const cluster = lastNumber(bytes, at, lineEnd);
      if (cluster < 0) {
        return yield* fail(count + 2, clusterRule, "another row");
      }
      if (count === clusters.length) clusters = joined(clusters, clusters);
      clusters[count++] = cluster;
      at = lineEnd + 1;
    }
    rest = bytes.slice(end);
  }
  if (rest.length === 0) return clusters.slice(0, count);
  const rule = "every line must end with a line feed";
  return yield* fail(count + 2, rule, "a line that is cut off");
});

/** The number after the only tab of a line; -1 when it is another line. */
const lastNumber = (bytes: Uint8Array, start: number, end: number): number => {
  const from = bytes.indexOf(tab, start) + 1;
  if (from <= start || from >= end || end - from > 9) return -1;
  let number = 0;
  for (let i = from; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < zero || byte > nine) return -1;
    number = 10 * number + byte - zero;
  }
  return number;
};

const joined = <A extends Uint8Array | Int32Array>(first: A, second: A): A => {
  const made = first.constructor as new (length: number) => A;
  const all = new made(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
};
