/**
 * Which images of the sources must be looked at: all but those whose files
 * nobody has touched since they were last read.
 *
 * @module
 */
import {
  type FileStamp,
  type ImagePayload,
  type ImageSource,
  isSettled,
  stampOf,
} from "@deepcluster/data";
import { Clock, Effect } from "effect";
import type { DatabaseSync } from "node:sqlite";

/** Images to be indexed. */
export interface IndexSource {
  /** Absolute path of the folder, manifest or IDX file. */
  readonly root: string;
  /** The images. */
  readonly source: ImageSource;
}

/** What an index knows of a file that it has seen. */
export interface KnownFile {
  /** Its number. */
  readonly id: number;
  /** SHA-256 of its content; empty when it could not be read. */
  readonly sha256: string;
  /** Why it is not indexed; absent when it is. */
  readonly reason?: string;
}

/** An image that must be looked at. */
export interface Candidate {
  /** Absolute path of its folder, manifest or IDX file. */
  readonly root: string;
  /** Its name there. */
  readonly path: string;
  /** The image as its source has it. */
  readonly payload: ImagePayload;
  /** Its file at this time. */
  readonly stamp: FileStamp;
  /** The stamp as text when any later change would show; else nothing. */
  readonly settled?: string;
  /** What was at this path before. */
  readonly known?: KnownFile;
}

/** What {@link findCandidates} finds. */
export interface FoundCandidates {
  /** Images to look at, in the order of the sources. */
  readonly candidates: readonly Candidate[];
  /** Images that are in the index and untouched. */
  readonly untouched: number;
  /** Present files that no source names any more, by id. */
  readonly gone: readonly number[];
}

/** Files that are asked for their stamp at a time. */
const stampsInFlight = 32;

/**
 * Compares the sources with the index, without reading any image.
 *
 * @param database A connection to `index.db`.
 * @param sources The sources, whose order is that of the index.
 * @returns What has to be done.
 */
export const findCandidates: (
  database: DatabaseSync,
  sources: readonly IndexSource[],
) => Effect.Effect<FoundCandidates> = Effect.fnUntraced(
  function* (database, sources) {
    const present = database.prepare(
      "SELECT id, stamp, sha256, reason FROM images " +
        "WHERE root = ? AND path = ? AND state <> 'removed'",
    );
    const seen = new Set<number>();
    const candidates: Candidate[] = [];
    for (const { root, source } of sources) {
      const found = yield* Effect.forEach(
        source.ids,
        Effect.fnUntraced(function* (path, sourceIndex) {
          const payload = source.payload(sourceIndex);
          const stamp = yield* stampOf(payload);
          const row = present.get(root, path);
          const text = textOf(stamp);
          if (row !== undefined) seen.add(Number(row["id"]));
          if (row?.["stamp"] === text && isFile(payload)) return undefined;
          const nowMs = yield* Clock.currentTimeMillis;
          const settled = isFile(payload) && stamp.size >= 0 &&
            isSettled(stamp, nowMs);
          return {
            root,
            path,
            payload,
            stamp,
            ...settled && { settled: text },
            ...row !== undefined && { known: knownOf(row) },
          } satisfies Candidate;
        }),
        { concurrency: stampsInFlight },
      );
      for (const one of found) if (one !== undefined) candidates.push(one);
    }
    const all = sources.reduce((sum, { source }) => sum + source.ids.length, 0);
    const gone = database.prepare(
      "SELECT id FROM images WHERE state <> 'removed' ORDER BY id",
    ).all().map(({ id }) => Number(id)).filter((id) => !seen.has(id));
    return { candidates, untouched: all - candidates.length, gone };
  },
);

const isFile = ({ kind }: ImagePayload): boolean => kind === "file";

const textOf = ({ size, modifiedNs, changedNs, inode }: FileStamp): string =>
  `${size} ${modifiedNs} ${changedNs} ${inode}`;

const knownOf = (row: Readonly<Record<string, unknown>>): KnownFile => ({
  id: Number(row["id"]),
  sha256: String(row["sha256"]),
  ...row["reason"] !== null && { reason: String(row["reason"]) },
});
