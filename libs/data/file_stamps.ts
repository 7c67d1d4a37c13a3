/**
 * Sizes and times of image files: what spares reading a file again that was
 * read before at the same path, and never says that two files are alike.
 *
 * @module
 */
import { Effect } from "effect";
import { stat } from "node:fs/promises";
import type { ImagePayload, ImageSource } from "./source.ts";

/** What the file system says of one image's file. */
export interface FileStamp {
  /** Bytes; -1 when there is no file to be found. */
  readonly size: number;
  /** When it was last written, in nanoseconds; anyone may set it back. */
  readonly modifiedNs: bigint;
  /**
   * When its content or its entry in the file system last changed, in
   * nanoseconds: no program can set it back. Some runtimes report seconds only.
   */
  readonly changedNs: bigint;
  /** Number of the file on its disk. */
  readonly inode: bigint;
}

/** Stamps of all images of a source: 32 bytes each, every array `[n]`. */
export interface FileStamps {
  /** `FileStamp.size` of each image. */
  readonly sizes: Float64Array;
  /** `FileStamp.modifiedNs` of each image. */
  readonly modifiedNs: BigInt64Array;
  /** `FileStamp.changedNs` of each image. */
  readonly changedNs: BigInt64Array;
  /** `FileStamp.inode` of each image. */
  readonly inodes: BigUint64Array;
}

/** Files that are asked for at a time. */
const stampsInFlight = 32;

/**
 * Asks for the stamp of every image's file, without reading it.
 *
 * About 30 microseconds an image on a local disk.
 *
 * @param source Whose images.
 * @returns Their stamps. A missing file is no failure here.
 */
export const stampFiles: (source: ImageSource) => Effect.Effect<FileStamps> =
  Effect.fn("stampFiles")(function* (
    source,
  ) {
    const stamps = noStamps(source.ids.length);
    yield* Effect.forEach(
      source.ids,
      (_, sourceIndex) =>
        Effect.map(
          stampOf(source.payload(sourceIndex)),
          (stamp) => setStamp(stamps, sourceIndex, stamp),
        ),
      { concurrency: stampsInFlight, discard: true },
    );
    return stamps;
  });

/** Stamps of files that are not found. */
const noStamps = (images: number): FileStamps => ({
  sizes: new Float64Array(images).fill(-1),
  modifiedNs: new BigInt64Array(images),
  changedNs: new BigInt64Array(images),
  inodes: new BigUint64Array(images),
});

/** Keeps one image's stamp. */
export const setStamp = (
  { sizes, modifiedNs, changedNs, inodes }: FileStamps,
  sourceIndex: number,
  stamp: FileStamp,
): void => {
  sizes[sourceIndex] = stamp.size;
  modifiedNs[sourceIndex] = stamp.modifiedNs;
  changedNs[sourceIndex] = stamp.changedNs;
  inodes[sourceIndex] = stamp.inode;
};

/**
 * Returns the stamp of one image.
 *
 * @param stamps Stamps of all images of a source.
 * @param sourceIndex Rank of the image in the source.
 * @returns Its stamp.
 */
export const stampAt = (
  { sizes, modifiedNs, changedNs, inodes }: FileStamps,
  sourceIndex: number,
): FileStamp => ({
  size: sizes[sourceIndex]!,
  modifiedNs: modifiedNs[sourceIndex]!,
  changedNs: changedNs[sourceIndex]!,
  inode: inodes[sourceIndex]!,
});

/**
 * Tells whether a file was left alone between two stamps of one path.
 *
 * @param before The earlier stamp.
 * @param now The later stamp.
 * @returns `false` also for a file that has vanished.
 */
export const isUntouched = (before: FileStamp, now: FileStamp): boolean =>
  now.size >= 0 && now.size === before.size &&
  now.modifiedNs === before.modifiedNs &&
  now.changedNs === before.changedNs && now.inode === before.inode;

/**
 * Whether a stamp, taken at a time, would show any later change of the file.
 *
 * Times of change are as coarse as the file system and the runtime, at most
 * two seconds: a file that had just changed may change again unseen.
 *
 * @param stamp Of a file.
 * @param nowMs When it was taken, in milliseconds since 1970.
 * @returns False for files that changed in the two seconds before.
 */
export const isSettled = ({ changedNs }: FileStamp, nowMs: number): boolean =>
  changedNs < BigInt(Math.floor(nowMs) - 2000) * 1_000_000n;

/**
 * The stamp of one image.
 *
 * @param payload The image as its source has it.
 * @returns Its stamp; size -1 when its file cannot be found, and times 0 for
 * an image in memory.
 */
export const stampOf = (payload: ImagePayload): Effect.Effect<FileStamp> =>
  payload.kind === "file"
    ? Effect.promise(() =>
      stat(payload.path, { bigint: true }).then(
        ({ size, mtimeNs, ctimeNs, ino }) => ({
          size: Number(size),
          modifiedNs: mtimeNs,
          changedNs: ctimeNs,
          inode: ino,
        }),
        () => nowhere,
      )
    )
    : Effect.succeed({ ...nowhere, size: bytesOf(payload).length });

const nowhere: FileStamp = {
  size: -1,
  modifiedNs: 0n,
  changedNs: 0n,
  inode: 0n,
};

const bytesOf = (
  payload: Exclude<ImagePayload, { kind: "file" }>,
): Uint8Array => payload.kind === "encoded" ? payload.bytes : payload.data;
