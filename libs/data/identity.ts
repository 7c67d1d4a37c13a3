/**
 * Whether images are the same as before: by their content, which need not be
 * read again where nobody has touched their files since.
 *
 * A resumed run must see the images it began with. Reading them all takes as
 * long as the survey did, so it first compares {@link fingerprintOf}; only when
 * that differs, as after moving a folder, need the content be read again.
 *
 * @module
 */
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { type FileStamps, stampAt } from "./file_stamps.ts";
import { attempt } from "./file_system.ts";
import type { ImagePayload, ImageSource } from "./source.ts";

/**
 * What a change of images changes, without reading them: a hash of ids, and of
 * paths and stamps of files, and of the content of images in memory.
 *
 * Equal fingerprints are of the same files, left alone; images that were
 * moved, copied or touched have another, be their content the same or not.
 *
 * @param source The images.
 * @param stamps Of the same images.
 * @returns 64 hexadecimal digits.
 */
export const fingerprintOf = (
  source: ImageSource,
  stamps: FileStamps,
): string =>
  hashOfEntries(source, (sourceIndex) => {
    const payload = source.payload(sourceIndex);
    if (payload.kind !== "file") return digestOf(payload).toString("hex");
    const { size, modifiedNs, changedNs, inode } = stampAt(stamps, sourceIndex);
    const path = JSON.stringify(payload.path);
    return `${path} ${size} ${modifiedNs} ${changedNs} ${inode}`;
  });

/**
 * What tells images apart for sure: a hash of ids and of the bytes that each
 * is stored as, in order.
 *
 * @param source The images.
 * @param digests SHA-256 of each image's bytes, 32 bytes after 32 bytes.
 * @returns 64 hexadecimal digits.
 */
export const contentHashOf = (
  source: Pick<ImageSource, "ids">,
  digests: Uint8Array,
): string =>
  hashOfEntries(source, (sourceIndex) => digestAt(digests, sourceIndex));

/**
 * The digest of one image.
 *
 * @param digests 32 bytes after 32 bytes.
 * @param sourceIndex Rank of the image in the source.
 * @returns 64 hexadecimal digits.
 */
export const digestAt = (digests: Uint8Array, sourceIndex: number): string =>
  Buffer.from(digests.buffer, digests.byteOffset + 32 * sourceIndex, 32)
    .toString("hex");

/**
 * Puts a digest in its place.
 *
 * @param digests 32 bytes after 32 bytes; changed.
 * @param sourceIndex Rank of the image in the source.
 * @param hex 64 hexadecimal digits.
 */
export const setDigest = (
  digests: Uint8Array,
  sourceIndex: number,
  hex: string,
): void =>
  digests.set(Buffer.from(hex, "hex").subarray(0, 32), 32 * sourceIndex);

/**
 * Hashes what an image is stored as.
 *
 * @param payload The image as its source has it.
 * @returns SHA-256, 32 bytes; zeros when its file cannot be read.
 */
export const contentDigest = (
  payload: ImagePayload,
): Effect.Effect<Uint8Array> =>
  payload.kind === "file"
    ? Effect.acquireUseRelease(
      attempt(payload.path, () => open(payload.path, "r")),
      (file) => attempt(payload.path, () => digestOfFile(file)),
      (file) => Effect.ignore(attempt(payload.path, () => file.close())),
    ).pipe(Effect.orElseSucceed(() => new Uint8Array(32)))
    : Effect.sync(() => digestOf(payload));

/** Reads and hashes a piece at a time, for files larger than memory. */
const digestOfFile = async (file: FileHandle): Promise<Uint8Array> => {
  const { size } = await file.stat();
  const piece = new Uint8Array(Math.min(size + 1, 1 << 20));
  const hash = createHash("sha256");
  for (let bytes = 1; bytes > 0;) {
    bytes = (await file.read(piece, 0, piece.length, null)).bytesRead;
    hash.update(piece.subarray(0, bytes));
  }
  return hash.digest();
};

type InMemory = Exclude<ImagePayload, { kind: "file" }>;

const bytesOf = (payload: InMemory): Uint8Array =>
  payload.kind === "encoded" ? payload.bytes : payload.data;

const digestOf = (payload: InMemory): Buffer => {
  const hash = createHash("sha256");
  if (payload.kind === "pixels") {
    hash.update(`${payload.width} ${payload.height} ${payload.channels}\n`);
  }
  return hash.update(bytesOf(payload)).digest();
};

/** Hashes ids with the digest of each image, some thousands at a time. */
const hashOfEntries = (
  { ids }: Pick<ImageSource, "ids">,
  entryOf: (sourceIndex: number) => string,
): string => {
  const hash = createHash("sha256");
  let text = "";
  for (let sourceIndex = 0; sourceIndex < ids.length; sourceIndex++) {
    text += `${JSON.stringify(ids[sourceIndex])} ${entryOf(sourceIndex)}\n`;
    if (text.length > 1 << 16) {
      hash.update(text);
      text = "";
    }
  }
  return hash.update(text).digest("hex");
};
