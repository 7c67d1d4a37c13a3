/**
 * The IDX format of MNIST and Fashion-MNIST: bytes behind a header of
 * big-endian sizes, often compressed with gzip.
 *
 * Reference: Y. LeCun, C. Cortes, C. Burges, "The MNIST database", 1998.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import { Effect } from "effect";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { IdxError, type SourceError } from "./errors.ts";
import { attempt } from "./file_system.ts";

/** An IDX file of unsigned bytes. */
export interface IdxFile {
  /** One or more sizes, outermost first. */
  readonly sizes: readonly number[];
  /** As many bytes as the product of the sizes. */
  readonly data: Uint8Array;
}

/** What {@link readIdxFile} fails with. */
export type ReadIdxFileError = SourceError | IdxError;

/**
 * Reads an IDX file of unsigned bytes.
 *
 * @param file Path of the file; gzip is recognised by its first bytes.
 * @param dimensions Number of sizes that it must have.
 * @returns Its content; `SourceError` when it cannot be read; `IdxError`
 * naming the field that is not as it must be.
 */
export const readIdxFile: (
  file: string,
  dimensions: number,
) => Effect.Effect<IdxFile, ReadIdxFileError> = Effect.fn("readIdxFile")(
  function* (
    file,
    dimensions,
  ) {
    const stored = yield* attempt(file, () => readFile(file));
    const bytes = stored[0] === 0x1f && stored[1] === 0x8b
      ? yield* unzipped(file, stored)
      : stored;
    const demand = requirement(file);
    const headerBytes = 4 + 4 * dimensions;
    yield* demand("magic", "0, 0", `${bytes[0]}, ${bytes[1]}`);
    yield* demand("type", "8 (unsigned byte)", `${bytes[2]}`);
    yield* demand("dimensions", `${dimensions}`, `${bytes[3]}`);
    yield* demand(
      "length",
      `at least ${headerBytes} bytes`,
      `${bytes.length} bytes`,
      bytes.length >= headerBytes,
    );
    const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
    const sizes = Array.from(
      { length: dimensions },
      (_, i) => header.getUint32(4 + 4 * i),
    );
    const expected = headerBytes + sizes.reduce((a, b) => a * b, 1);
    yield* demand("length", `${expected} bytes`, `${bytes.length} bytes`);
    const data = new Uint8Array(bytes.buffer, bytes.byteOffset + headerBytes);
    return { sizes, data: data.subarray(0, bytes.length - headerBytes) };
  },
);

/** Fails unless a field is as it must be. */
const requirement = (file: string) =>
(
  field: string,
  expected: string,
  found: string,
  holds = expected.split(" (")[0] === found,
): Effect.Effect<void, IdxError> =>
  holds
    ? Effect.void
    : Effect.fail(new IdxError({ file, field, expected, found }));

const unzipped = (
  file: string,
  bytes: Uint8Array,
): Effect.Effect<Uint8Array, IdxError> =>
  Effect.tryPromise({
    try: () => promisify<Uint8Array, Uint8Array>(gunzip)(bytes),
    catch: (cause) =>
      new IdxError({
        file,
        field: "compression",
        expected: "whole gzip data",
        found: messageOf(cause),
      }),
  });
